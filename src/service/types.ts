import type { ServiceNames } from '../instance/types.js'

export type ManagerKind = 'systemd' | 'launchd' | 'schtasks'

/** What runs as a service, for every service manager alike. Holds no secret. */
export interface ServiceSpec {
  readonly names: ServiceNames
  /** Says whose definition this is; see owner.ts. */
  readonly owner: string
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Where managers without a journal put what the gateway prints: refusals, and nothing once it runs. */
  readonly outputFile: string
  /** Where managers without an environment put it. */
  readonly envFile: string
  /** Who logs on, on Windows: `DOMAIN\user`. */
  readonly user: string | undefined
  /** How long a stop may take, in seconds. */
  readonly stopSeconds: number
  /** Which command of ours makes it, without `openclaw`. */
  readonly madeBy: string
  /**
   * gateway: a refusal and a clean end are final, and there is a limit for what its agents use. always: a small client
   * that is to come back whatever happened, for as long as it takes.
   */
  readonly keep: 'gateway' | 'always'
}

/** One file of a definition. */
export interface ServiceFile {
  readonly path: string
  readonly text: string
  /** Default UTF-8. */
  readonly encoding?: 'utf16le'
}

export interface ServiceState {
  /** The manager knows the service. */
  readonly loaded: boolean
  /** Starts by itself at login or boot. */
  readonly enabled: boolean | undefined
  readonly active: 'running' | 'starting' | 'stopped' | 'failed' | 'unknown'
  readonly pid: number | undefined
  /** Exit code of the last run, where the manager keeps it. */
  readonly lastExit: number | undefined
}

/** One way to run services. Every method but `files` and `installed` throws `service_failed` when its command fails. */
export interface ServiceManager {
  readonly kind: ManagerKind
  /** The fixed words of the official tool. */
  readonly title: 'systemd service' | 'LaunchAgent' | 'Scheduled Task'
  readonly name: string
  /** How to read what the service printed. */
  readonly logs: (outputFile: string) => string
  /** The files of a definition; the first one is the definition itself. */
  files(spec: ServiceSpec): readonly ServiceFile[]
  /** Text of the definition that is there now. Never rejects. */
  installed(): Promise<string | undefined>
  /** Where the definition is, and what else belongs to it. */
  readonly paths: readonly string[]
  state(): Promise<ServiceState>
  /** Makes the manager read the files and start the service at login or boot. */
  register(): Promise<void>
  /** Ends the service and makes the manager forget it. The files may still be there. */
  unregister(): Promise<void>
  /** After the files are gone. */
  forgotten(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
  /** True when the service ends with the session of the user; undefined when that cannot be known. */
  endsWithSession(): Promise<boolean | undefined>
}
