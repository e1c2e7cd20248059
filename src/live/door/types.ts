import type { Config } from '../../../schemas/config/index.js'
import type { RunCaller } from '../../agents/caller.js'
import type { ConfigView } from '../../config/view.js'
import type { Instance } from '../../instance/types.js'
import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { SandboxOwner } from '../../sandbox/scope.js'
import type { Sessions } from '../../sessions/sessions.js'
import type { CronStore } from '../../storage/types.js'
import type { Channels } from '../channels.js'
import type { OpenedCron } from '../cron.js'
import type { Mail } from '../letters.js'
import type { Restarts } from '../restarts.js'

/** What doors of all turns have in common. */
export interface DoorWorld {
  readonly instance: Instance
  /** The config file as it is followed. */
  readonly view: ConfigView
  readonly config: () => Config
  readonly clock: Clock
  readonly log: Logger
  readonly sessions: Sessions
  readonly isSandboxed: (owner: SandboxOwner) => boolean
  /** Blanks the secrets that the gateway knows. */
  readonly redact: (text: string) => string
  readonly restarts: Restarts
  readonly channels: () => ChatChannels
  readonly cron: () => ScheduledJobs
}

/** The chats of the gateway; opened by who writes to one. */
export interface ChatChannels {
  open(): Promise<Channels>
}

/** The scheduled jobs of the gateway; opened by who asks for them. */
export interface ScheduledJobs {
  open(): Promise<OpenedCron>
  readonly store: CronStore
  readonly mail: Pick<Mail, 'lastRoute'>
}

/** Whose turn it is. Only the server says it. */
export interface DoorFacts {
  readonly agent: string
  /** Undefined for a turn that stands alone. */
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly caller: RunCaller
  readonly sandboxed: boolean
  /** A client calls a tool on its own: no turn waits for what comes of it. */
  readonly direct?: boolean
}
