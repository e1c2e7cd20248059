import type { Config } from '../schemas/config/index.js'

type Gateway = NonNullable<Config['gateway']>

/** What `gateway run` was told on its command line; it beats the config while this process runs. */
export interface RunFlags {
  readonly port?: number
  readonly bind?: NonNullable<Gateway['bind']>
  readonly auth?: NonNullable<NonNullable<Gateway['auth']>['mode']>
  readonly token?: string
  readonly password?: string
  readonly tailscale?: NonNullable<NonNullable<Gateway['tailscale']>['mode']>
  /** Start without `gateway.mode` in the config. */
  readonly allowUnconfigured?: boolean
  /** Take the port over from a gateway of ours. */
  readonly force?: boolean
  readonly verbose?: boolean
  /** Answer with the embedded model and open the HTTP endpoints: the first minute needs no key and no config. */
  readonly embedded?: boolean
}

/** The config as the flags change it. Nothing of it is written to disk. */
export function withFlags(config: Config, flags: RunFlags): Config {
  const gateway: Gateway = { ...config.gateway }
  if (flags.bind !== undefined) gateway.bind = flags.bind
  if (flags.tailscale !== undefined) gateway.tailscale = { ...gateway.tailscale, mode: flags.tailscale }
  if (flags.auth !== undefined || flags.token !== undefined || flags.password !== undefined) {
    gateway.auth = { ...gateway.auth, ...authOf(flags) }
  }
  return flags.embedded ? embedded({ ...config, gateway }) : { ...config, gateway }
}

/** A secret on the command line also says which mode is meant. */
function authOf({ auth, token, password }: RunFlags): NonNullable<Gateway['auth']> {
  const implied = password !== undefined ? 'password' : token !== undefined ? 'token' : undefined
  const mode = auth ?? implied
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
  }
}

function embedded(config: Config): Config {
  const http = config.gateway?.http
  return {
    ...config,
    gateway: {
      ...config.gateway,
      mode: config.gateway?.mode ?? 'local',
      http: {
        ...http,
        endpoints: {
          ...http?.endpoints,
          chatCompletions: { ...http?.endpoints?.chatCompletions, enabled: true },
          responses: { ...http?.endpoints?.responses, enabled: true },
        },
      },
    },
    agents: {
      ...config.agents,
      defaults: {
        ...config.agents?.defaults,
        model: config.agents?.defaults?.model ?? 'builtin/echo',
        embeddingModel: config.agents?.defaults?.embeddingModel ?? 'builtin/echo',
      },
    },
  }
}
