import type { ModelMessage, Usage } from '../../schemas/message.js'

/** What one transcript entry holds; a reader skips kinds that it does not know. */
export type TranscriptBody =
  | {
      readonly kind: 'message'
      readonly message: ModelMessage
      readonly aborted?: true
      /** Of an answer: how it came about. */
      readonly by?: AnswerFacts
    }
  /** What the gateway tells the agent; nobody said it, and clients are not shown it. */
  | { readonly kind: 'notice'; readonly text: string }
  /** The prompt starts anew after this entry; the older ones stay readable. */
  | { readonly kind: 'reset'; readonly reason: string }

export interface AnswerFacts {
  /** `<provider>/<model>`. */
  readonly model: string
  readonly usage?: Usage | undefined
  /** `stop`, `length`, `tool_calls`, `content_filter`, `aborted`, `error`. */
  readonly finish: string
}

export interface TranscriptEntry {
  readonly seq: number
  readonly runId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly body: TranscriptBody
}

export interface TranscriptAppend {
  readonly sessionKey: string
  readonly agent: string
  readonly runId: string
  readonly at: number
  readonly bodies: readonly TranscriptBody[]
}

/** What an append has written. */
export interface Appended {
  readonly sessionKey: string
  readonly sessionId: string
  readonly agent: string
  readonly entries: readonly TranscriptEntry[]
}

export interface TranscriptPage {
  /** Entries after the last reset, or the part of them that was asked for; oldest first. */
  readonly entries: TranscriptEntry[]
  /** All entries after the last reset. */
  readonly total: number
}

export interface TranscriptStore {
  /** Makes the session when it is new and appends in order, in one transaction. */
  append(entry: TranscriptAppend): Promise<Appended | undefined>
  /** Entries after the last reset, oldest first. */
  current(sessionKey: string): Promise<TranscriptEntry[]>
  /** The newest `limit` entries, oldest of them first. */
  tail(sessionKey: string, limit: number): Promise<TranscriptEntry[]>
  /** `limit` entries after the last reset of the transcript, leaving out the `offset` newest. */
  page(sessionId: string, page: { readonly limit: number; readonly offset: number }): Promise<TranscriptPage>
  entry(sessionId: string, seq: number): Promise<TranscriptEntry | undefined>
}
