import type { Config } from '../../schemas/config/index.js'
import type { LoadedConfig, ValidConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import type { GatewayError } from '../kernel/errors.js'

/** What every check looks at. Nothing here was started for it. */
export interface DoctorContext {
  readonly instance: Instance
  readonly loaded: LoadedConfig
  /** Empty when the file is not valid: checks judge what can be judged. */
  readonly config: Config
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Why a start with this config would be refused. */
  readonly refusal: (loaded: ValidConfig) => GatewayError | undefined
}

export interface DoctorFinding {
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** The file or config key that it is about. */
  readonly path?: string
  /** The command that helps, without the leading `openclaw`. */
  readonly next?: string
  /** What `doctor --fix` would do. It can be undone: nothing is deleted that cannot be made again. */
  readonly fix?: { readonly summary: string; apply(): Promise<void> }
}

/** One check; its id is its file under src/doctor/checks. It reads, and looks at its own profile only. */
export interface DoctorCheck {
  /** In a few words. */
  readonly title: string
  /** Takes long, or asks the network: only with --deep. */
  readonly deep?: true
  /** Nothing can be said while the config is not valid. */
  readonly needsConfig?: true
  run(context: DoctorContext): Promise<readonly DoctorFinding[]> | readonly DoctorFinding[]
}
