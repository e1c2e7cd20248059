import type { EnvVariables } from '../../schemas/env.js'

/** Where a value came from, in the order in which it wins. */
export type PortSource = 'flag' | 'env' | 'config' | 'derived' | 'default'

/** Variables by name; undefined and absent are the same. */
export type Env = Readonly<Record<string, string | undefined>>

/** Everything that a gateway is bound to before its config is read. Made once, frozen, passed down. */
export interface Instance {
  /** Profile name; `default` when none was given. */
  readonly profile: string
  /** Random per process start; shown in the run-file so that clients can tell two gateways apart. */
  readonly id: string
  /** Version of this package. */
  readonly version: string
  readonly paths: InstancePaths
  /** Port from `--port` or `OPENCLAW_GATEWAY_PORT`; undefined when the config or the profile decides. */
  readonly portOverride: { readonly port: number; readonly source: 'flag' | 'env' } | undefined
  /** Port when nobody says one: 18789, 19001 for `dev`, else derived from the profile name (spec/README.md 3). */
  readonly fallbackPort: { readonly port: number; readonly source: 'derived' | 'default' }
  readonly service: ServiceNames
  /** Process environment plus the `.env` files, first setter wins. The only view of the environment below. */
  readonly env: Env
  readonly settings: InstanceSettings
  /** One-line remarks for the user, e.g. a variable of another profile that was ignored. */
  readonly notices: readonly string[]
}

export interface InstancePaths {
  readonly home: string
  readonly state: string
  readonly config: string
  /** Where the default agent works when the config does not say (spec/README.md 2). */
  readonly workspace: string
  readonly credentials: string
  /** The profile's database. */
  readonly database: string
  /** Folder of the lock databases; one per state directory. */
  readonly locks: string
  /** JSON with pid, port, profile, version, instance id of the running gateway. */
  readonly runFile: string
  /** Folder of the daily log files. */
  readonly logDir: string
  /** `openclaw` or `openclaw-<profile>`; the date and `.log` follow. */
  readonly logPrefix: string
}

export interface ServiceNames {
  /** Unit file name, with `.service`. */
  readonly systemd: string
  readonly launchd: string
  readonly windows: string
  readonly description: string
}

/** Values of `OPENCLAW_*` variables that are not paths, parsed once (schemas/env.ts), and facts about the host. */
export interface InstanceSettings {
  readonly token: string | undefined
  readonly password: string | undefined
  readonly url: string | undefined
  readonly logLevel: EnvVariables['OPENCLAW_LOG_LEVEL']
  /** Bind mode for container images; loses to the flag and the config. */
  readonly bind: EnvVariables['OPENCLAW_GATEWAY_BIND']
  readonly readOnlyConfig: boolean
  readonly includeRoots: readonly string[]
  readonly allowMultiGateway: boolean
  readonly allowInsecurePrivateWs: boolean
  readonly handshakeTimeoutMs: number | undefined
  readonly loadShellEnv: boolean
  readonly skipCron: boolean
  readonly debug: boolean
  readonly inContainer: boolean
}

/** Ports of one gateway (seeds 000 to 002). */
export interface PortPlan {
  readonly base: number
  readonly source: PortSource
  /** base + 2, loopback only. */
  readonly browserControl: number
  /** base + 3, for a chat platform; undefined behind the last port, and while the system chooses the first. */
  readonly webhook: number | undefined
  /** base + 11. */
  readonly cdpFirst: number
  /** base + 110. */
  readonly cdpLast: number
}

/** What the host says of itself. Only src/instance/host.ts asks it; tests hand in their own. */
export interface Host {
  readonly platform: NodeJS.Platform
  /** Home directory of the OS user, for when no variable names one. */
  readonly osHome: string | undefined
  readonly tmpDir: string
  /** Undefined on Windows. */
  readonly uid: number | undefined
  readonly inContainer: boolean
}
