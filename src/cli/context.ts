import type { Env, Instance } from '../instance/types.js'
import type { GatewayError } from '../kernel/errors.js'
import type { CliIo } from './io.js'
import type { Translate } from './messages.js'
import type { Output } from './output.js'

export interface InstanceRequest {
  /** `--port` of a command that starts a gateway. */
  readonly port?: number | undefined
  /** The command shows the instance's remarks itself. */
  readonly quiet?: boolean
}

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo
  readonly out: Output
  readonly t: Translate
  /** A text whose key is made at run time; undefined when the catalogue has none. */
  readonly find: (key: string, values: unknown) => string | undefined
  /** `gateway status`; the path of the command's file. */
  readonly command: string
  /** A command line with the active profile: `openclaw --profile rescue gateway run`. */
  readonly hint: (command: string) => string
  /** An error in the language of the user. */
  readonly explain: (error: GatewayError) => string
  /**
   * The gateway that the command is about; made at the first call, then the same value each time. Remarks (a variable
   * that was ignored) are shown on stderr once. Throws `usage`.
   */
  readonly instance: (request?: InstanceRequest) => Promise<Instance>
  /** Closes something when the command has ended, however it ended, a signal included; see owned.ts. */
  readonly owns: (close: () => Promise<void>) => void
  /** The caller's environment with what the root options say of it. */
  readonly env: Env
}
