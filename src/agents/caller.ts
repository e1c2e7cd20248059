import type { SenderFacts } from '../tools/_policy/types.js'

/** The door that a turn came through. */
export type RunOrigin = 'http' | 'ws' | 'channel' | 'cron' | 'heartbeat' | 'hook' | 'node'

/** On whose behalf a turn runs. Only the server says it; nothing here comes from a model or a message. */
export interface RunCaller {
  /** Holds `operator.admin`, or is named an owner of the gateway. */
  readonly owner: boolean
  /** Who wrote the message, in a channel. */
  readonly sender?: SenderFacts
  /** The account of the channel that the message came through. */
  readonly account?: string
  /** Somebody can be asked to approve a command where the message came from. */
  readonly answerable?: boolean
}
