import type { Config } from '../../schemas/config/index.js'
import type { RunCaller } from '../agents/caller.js'
import type { TurnSettings } from '../agents/types.js'
import type { Approvals } from '../approvals/approvals.js'
import type { EditRequest } from '../config/edit-types.js'
import type { Clock } from '../kernel/clock.js'
import type { Catalog } from '../models/open-catalog.js'
import type { SessionName } from '../sessions/canonical.js'
import type { QueueMode } from '../sessions/queue-settings.js'
import type { Sessions } from '../sessions/sessions.js'
import type { SessionRow } from '../storage/types.js'

/**
 * Who may use a command. `anyone`: whoever may talk to the agent. `admin`: over the gateway's own doors an administrator,
 * in a channel anyone. `owner`: the owner alone. `approver`: the owner, and who may answer approvals.
 */
export type CommandAccess = 'anyone' | 'admin' | 'owner' | 'approver'

/** A file of this folder. */
export interface ChatCommand {
  readonly summary: string
  /** What stands behind the name. */
  readonly args?: string
  readonly aliases?: readonly string[]
  readonly access: CommandAccess
  /** `commands.<flag>` offers it; off unless the config says otherwise, `restart` on. */
  readonly flag?: 'bash' | 'config' | 'debug' | 'restart'
  /** Also answered when it stands inside of a message. */
  readonly inline?: true
  /** What the word behind its name sets for one message; undefined for a word that sets nothing. */
  readonly directive?: (word: string, call: Pick<CommandCall, 'services' | 'session'>) => Directive | undefined
  run(call: CommandCall): Promise<Reply> | Reply
}

/** What one message brings along for its own turn. */
export interface Directive {
  readonly thinkingLevel?: string
  readonly model?: string
  readonly queueMode?: QueueMode
  readonly settings?: TurnSettings
}

/** Text for the chat; with `prompt` the session then goes on with that message. */
export type Reply = string | { readonly text: string; readonly prompt?: string }

export interface CommandCall {
  /** Trimmed; empty when nothing stands behind the name. */
  readonly args: string
  readonly session: SessionName
  /** As it was before the command. */
  readonly row: SessionRow | undefined
  readonly caller: RunCaller
  /** `webchat` for clients of the gateway itself. */
  readonly channel: string
  readonly commands: ReadonlyMap<string, ChatCommand>
  readonly services: CommandServices
}

/** Where the tools of a session run. */
export interface ExecFacts {
  readonly sandboxed: boolean
  readonly host: string
  readonly security: string
  readonly ask: string
}

export interface ConfigChange {
  readonly changed: boolean
  /** It takes effect with the next start. */
  readonly pendingRestart: boolean
}

/** What commands need of a gateway. */
export interface CommandServices {
  readonly sessions: Pick<Sessions, 'context' | 'edit' | 'turns'>
  readonly config: () => Config
  readonly catalog: () => Catalog
  readonly clock: Clock
  readonly approvals: Approvals
  readonly gateway: () => {
    readonly profile: string
    readonly port: number
    readonly version: string
    readonly startedAt: number
  }
  /** Plans a restart, of which the session is told when it is over. Gives the milliseconds until it begins. */
  readonly restart: (session: SessionName, caller: RunCaller, reason: string) => Promise<number>
  readonly exec: (session: SessionName) => ExecFacts
  /** Why this caller may not leave the sandbox; empty when it may. */
  readonly elevatedRefusal: (agent: string, caller: RunCaller, channel: string) => string
  /** `elevatedDefault` of an agent; undefined when nobody has said one. */
  readonly elevatedDefault: (agent: string) => string | undefined
  /** Shortens what the model reads of a session. Gives what came of it, in words. */
  readonly compact: (session: SessionName, focus: string) => Promise<string>
  /** Changes the config file, and takes it over. Throws what `editConfig` throws. */
  readonly changeConfig: (edit: EditRequest) => Promise<ConfigChange>
  /** Runs a command where the exec tool of the session would. */
  readonly shell: (session: SessionName, command: string) => Promise<string>
}
