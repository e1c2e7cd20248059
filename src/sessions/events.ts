import type { Appended } from '../storage/types.js'

/** Something about a session that lists show is different now. */
export interface SessionChanged {
  readonly sessionKey: string
  readonly agent: string
  readonly reason: 'create' | 'patch' | 'reset' | 'delete' | 'send' | 'inject'
  readonly runId?: string
}

/** What sessions tell the gateway. */
export interface SessionEvents {
  'session.changed': SessionChanged
  /** Transcript entries that are on disk. */
  'transcript.appended': Appended
}
