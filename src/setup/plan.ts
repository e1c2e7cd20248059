import type { Config } from '../../schemas/config/index.js'
import { generateToken, selectAuth } from '../auth/select-mode.js'
import type { EditRequest } from '../config/edit-types.js'
import type { ValidConfig } from '../config/types.js'
import { planPorts } from '../instance/ports.js'
import type { Instance, PortPlan } from '../instance/types.js'
import type { SecretValue } from '../models/credentials.js'

type Gateway = NonNullable<Config['gateway']>

/** What the user asks of a setup; whatever is left out keeps its configured value or gets the usual one. */
export interface SetupOptions {
  readonly mode?: 'local' | 'remote'
  readonly workspace?: string
  readonly port?: number
  readonly bind?: Gateway['bind']
  readonly auth?: 'none' | 'token' | 'password' | 'trusted-proxy'
  readonly token?: SecretValue
  readonly password?: SecretValue
  /** Make a token also where the environment has one: that is of one shell, and a service does not see it. */
  readonly ownToken?: boolean
  /** Replace the token that is there by a new one. */
  readonly freshToken?: boolean
  readonly remoteUrl?: string
  readonly remoteToken?: string
  readonly remotePassword?: string
  /** Answer with the embedded model and open the OpenAI-compatible endpoints. */
  readonly embedded?: boolean
  /** Mode and workspace only: no port, no token. */
  readonly baseline?: boolean
}

export interface SetupPlan {
  readonly mode: 'local' | 'remote'
  readonly edits: readonly EditRequest[]
  readonly ports: PortPlan
  /** Absolute. */
  readonly workspace: string
  /** A token that was made just now. */
  readonly newToken: string | undefined
}

/**
 * What setup writes into the config: what the user asked for, and what is missing for a start. A second run without
 * new wishes gives no edit. Throws `auth_misconfigured` for secrets that contradict each other.
 */
export function planSetup(instance: Instance, loaded: ValidConfig, options: SetupOptions): SetupPlan {
  const { config } = loaded
  const edits: EditRequest[] = []
  const set = (path: string, value: unknown) => edits.push({ op: 'set', path, value })
  const mode = options.mode ?? config.gateway?.mode ?? 'local'
  const ports = planPorts(withPort(instance, options), config.gateway?.port)
  const configured = config.agents?.defaults?.workspace
  const workspace = options.workspace ?? configured ?? instance.paths.workspace
  if (config.gateway?.mode !== mode) set('gateway.mode', mode)
  let newToken: string | undefined
  if (mode === 'remote') {
    if (options.remoteUrl !== undefined) set('gateway.remote.url', options.remoteUrl)
    if (options.remoteToken !== undefined) set('gateway.remote.token', options.remoteToken)
    if (options.remotePassword !== undefined) set('gateway.remote.password', options.remotePassword)
  } else {
    if (configured !== workspace) set('agents.defaults.workspace', workspace)
    if (!options.baseline) newToken = planGateway(instance, loaded, options, ports, set)
    if (options.embedded) planEmbedded(config, set)
  }
  return { mode, edits, ports, workspace, newToken }
}

/** An `OPENCLAW_GATEWAY_PORT` is for one run and one shell; only a flag is a wish for good. */
function withPort(instance: Instance, { port }: SetupOptions): Pick<Instance, 'portOverride' | 'fallbackPort'> {
  const override = port === undefined ? undefined : ({ port, source: 'flag' } as const)
  return { portOverride: override, fallbackPort: instance.fallbackPort }
}

type Set = (path: string, value: unknown) => void

function planGateway(instance: Instance, loaded: ValidConfig, options: SetupOptions, ports: PortPlan, set: Set) {
  const { gateway = {} } = loaded.config
  if (gateway.port !== ports.base) set('gateway.port', ports.base)
  if (options.bind !== undefined && gateway.bind !== options.bind) set('gateway.bind', options.bind)
  const mode = options.auth ?? impliedMode(options)
  if (mode !== undefined && gateway.auth?.mode !== mode) set('gateway.auth.mode', mode)
  if (options.token !== undefined && gateway.auth?.token !== options.token) set('gateway.auth.token', options.token)
  if (options.password !== undefined && gateway.auth?.password !== options.password) {
    set('gateway.auth.password', options.password)
  }
  if (options.token !== undefined || options.password !== undefined) return undefined
  if (options.freshToken) return newToken(set)
  const auth = { ...gateway.auth, ...(mode === undefined ? {} : { mode }) }
  const selected = selectAuth({
    config: { ...loaded.config, gateway: { ...gateway, auth } },
    env: loaded.env,
    settings: options.ownToken ? { token: undefined, password: undefined } : instance.settings,
    bindAddresses: [],
    port: ports.base,
  })
  if (selected.mode !== 'token' || selected.token !== undefined) return undefined
  return newToken(set)
}

function newToken(set: Set): string {
  const token = generateToken()
  set('gateway.auth.token', token)
  return token
}

/** A secret also says which mode is meant. */
function impliedMode({ token, password }: SetupOptions): 'token' | 'password' | undefined {
  if (password !== undefined) return 'password'
  return token === undefined ? undefined : 'token'
}

function planEmbedded(config: Config, set: Set): void {
  const endpoints = config.gateway?.http?.endpoints
  if (endpoints?.chatCompletions?.enabled !== true) set('gateway.http.endpoints.chatCompletions.enabled', true)
  if (endpoints?.responses?.enabled !== true) set('gateway.http.endpoints.responses.enabled', true)
  const defaults = config.agents?.defaults
  if (defaults?.model === undefined) set('agents.defaults.model', 'builtin/echo')
  if (defaults?.embeddingModel === undefined) set('agents.defaults.embeddingModel', 'builtin/echo')
}
