import type { ContentPart } from '../../schemas/message.js'
import type { RunCaller } from '../agents/caller.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { Message, Sent } from '../sessions/turns.js'
import type { Store } from '../storage/types.js'
import type { Outbox } from './deliver/outbox.js'
import type { Shown } from './deliver/preview.js'
import type { Piece } from './deliver/shape.js'
import type { ChannelEvents } from './events.js'
import type { Account, Inbound } from './port.js'
import type { Said } from './said.js'
import type { Told, Trace } from './trace.js'

/** What is done with a message, and on whose behalf. */
export type Admission =
  | {
      readonly kind: 'admit'
      readonly agent: string
      readonly sessionKey: string
      readonly caller: RunCaller
      /** Somebody spoke to the bot: always so in direct messages. */
      readonly mentioned: boolean
      /** News of the session go to this place from now on. */
      readonly route: boolean
      /** Said in the place before, when nobody spoke to the bot. */
      readonly before?: string
    }
  /** An answer of the gateway itself; no model sees the message. */
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'drop'; readonly reason: string; readonly why: string }

export interface IntakeOptions {
  readonly store: Pick<Store, 'channels' | 'runs' | 'transcripts'>
  readonly clock: Clock
  readonly log: Logger
  readonly stopping: StopSignal
  readonly outbox: Outbox
  /** Hears of messages that agents answer. */
  readonly bus?: Bus<ChannelEvents>
  /** `again`: the message was taken in an earlier start, which may have ended in the middle of this. */
  readonly gate: (account: Account, message: Inbound, again: boolean) => Promise<Admission>
  /** Milliseconds that a message waits for more of the same person. */
  readonly quiet: (account: Account, message: Inbound) => number
  readonly say: (message: Message) => Promise<Sent>
  /** What a run has brought that ended in an earlier start. */
  readonly answer: (runId: string) => Promise<RunAnswer | undefined>
  /** The message as a model reads it. Never rejects: what cannot be had is said in words. */
  readonly content: (
    account: Account,
    message: Inbound,
    session: { readonly agent: string; readonly sessionKey: string },
    signal: AbortSignal,
  ) => Promise<ContentPart[]>
  /** An answer as it is sent. `runId`: the run that gave it. Rejects when the signal aborts. */
  readonly shape: (
    account: Account,
    message: Inbound,
    answer: Said & { readonly runId: string },
    signal: AbortSignal,
  ) => Promise<readonly Piece[]>
  /** What the chat sees while a turn runs: that it was heard, the typing sign, the answer as it grows. */
  readonly working: (account: Account, message: Inbound, turn: Working) => Signs
  /** Where the session was spoken to last. */
  readonly spokenTo: (sessionKey: string, account: Account, message: Inbound) => Promise<void>
}

/** Signs of a turn in its chat, until they are ended. */
export interface Signs {
  /** The turn is over; `whole`: its answer is complete. Gives what stands in the chat of it. Never rejects. */
  end(whole: boolean): Promise<Trace>
  /** The answer is written down; `lastKey`: its last message, if it has any. */
  answered(lastKey: string | undefined): void
}

/** A turn that answers a message of a chat. */
export interface Working {
  readonly runId: string
  readonly agent: string
  readonly sessionKey: string
  readonly mentioned: boolean
  /** What an earlier start has shown of its answer. */
  readonly shown: Shown | undefined
  /** All that was said here before has its answer, and it has gone out. */
  readonly clear: () => boolean
  /** Aborts when the gateway ends and does not wait any longer. */
  readonly cut: AbortSignal
  /** Resolves when it is on disk that the chat shows this of the answer. */
  readonly remember: (shown: Shown) => Promise<void>
  /** Resolves when all that was said here before has its answer, or nothing is waited for any longer. */
  readonly next: () => Promise<void>
  /** Says a part of the answer before the rest, and remembers that. Resolves when both are on disk. */
  readonly say: (part: string, told: Told, continues: boolean) => Promise<void>
}
