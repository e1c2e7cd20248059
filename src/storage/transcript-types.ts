import type { ModelMessage, Usage } from '../../schemas/message.js'

/** What one transcript entry holds; a reader skips kinds that it does not know. */
export type TranscriptBody =
  | {
      readonly kind: 'message'
      readonly message: ModelMessage
      readonly aborted?: true
      /** A chat command or its answer: shown, and no part of what models read. */
      readonly command?: true
      /** Of an answer: how it came about. */
      readonly by?: AnswerFacts
    }
  /** What the gateway tells the agent; nobody said it, and clients are not shown it. */
  | { readonly kind: 'notice'; readonly text: string }
  /** The prompt starts anew after this entry; the older ones stay readable. */
  | { readonly kind: 'reset'; readonly reason: string }
  | ({ readonly kind: 'compaction' } & Compaction)
  /** Stands for what was taken out: a look around that found nothing. */
  | { readonly kind: 'nothing' }

/** The prompt begins with a summary of what came before the first entry that it keeps; the older ones stay readable. */
export interface Compaction {
  /** Empty: what is older is left out without a word. */
  readonly summary: string
  /** `seq` of the first entry that the prompt still holds; older than the compaction itself. */
  readonly firstKept: number
  /** Size of the prompt before and after, in tokens. */
  readonly tokensBefore: number
  readonly tokensAfter: number
}

export interface AnswerFacts {
  /** `<provider>/<model>`. */
  readonly model: string
  /** Of the one model call that gave the answer. */
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
  /** Nobody spoke: when the session was spoken to, its title and its preview stay as they are. */
  readonly quiet?: boolean
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
  /** What prompts are made of, oldest first: entries after the last reset, from the first that the last compaction kept. */
  current(sessionKey: string): Promise<TranscriptEntry[]>
  /** All entries after the last reset, oldest first. */
  sinceReset(sessionKey: string): Promise<TranscriptEntry[]>
  /** The newest `limit` entries, oldest of them first. */
  tail(sessionKey: string, limit: number): Promise<TranscriptEntry[]>
  /** `limit` entries after the last reset of the transcript, leaving out the `offset` newest. */
  page(sessionId: string, page: { readonly limit: number; readonly offset: number }): Promise<TranscriptPage>
  entry(sessionId: string, seq: number): Promise<TranscriptEntry | undefined>
}
