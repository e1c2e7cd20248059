import type { ChatMessage } from '../../schemas/ws/rows/chat-message.js'
import type { ChatFacts } from '../agents/caller.js'
import type { RunFinal } from '../agents/types.js'
import type { Appended } from '../storage/types.js'

/** Something about a session that lists show is different now. */
export interface SessionChanged {
  readonly sessionKey: string
  readonly agent: string
  readonly reason: 'create' | 'patch' | 'reset' | 'delete' | 'send' | 'inject' | 'compact'
  readonly runId?: string
}

/** Somebody called off what a session does, whether or not a turn of it ran. */
export interface SessionStopped {
  readonly sessionKey: string
}

/** A turn that a client asked for has ended, also one that never began. */
export interface TurnEnded {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly final: RunFinal
  /** Where it was asked for. */
  readonly chat?: ChatFacts
}

/** Somebody put words into the mouth of the assistant. */
export interface Injected {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly message: ChatMessage
}

/** What sessions tell the gateway. */
export interface SessionEvents {
  'session.changed': SessionChanged
  'session.stopped': SessionStopped
  'turn.ended': TurnEnded
  'message.injected': Injected
  /** Transcript entries that are on disk. */
  'transcript.appended': Appended
}
