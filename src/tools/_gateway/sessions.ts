/** A session, as tools show it to models. Times are milliseconds since the epoch. */
export interface SessionFacts {
  readonly key: string
  readonly kind: SessionSort
  readonly agent: string
  readonly sessionId?: string
  readonly label?: string
  readonly title?: string
  /** Key of the session that it came from. */
  readonly parent?: string
  readonly updatedAt: number
  /** How its last turn stands. */
  readonly status?: string
  readonly running: boolean
  /** `<provider>/<model>` */
  readonly model: string
  /** Tokens of the model's window in use, and all of them. */
  readonly contextUsed?: number
  readonly contextWindow?: number
  readonly archived: boolean
}

export const sessionSorts = ['main', 'group', 'cron', 'hook', 'node', 'subagent', 'other'] as const
export type SessionSort = (typeof sessionSorts)[number]

export interface SessionQuery {
  readonly kinds?: readonly SessionSort[]
  readonly limit: number
  readonly activeMinutes?: number
  readonly agentId?: string
  /** Part of its key, label, name or title; case does not matter. */
  readonly search?: string
}

/** A session by its key (any spelling of it), the id of its transcript, or its label. */
export interface SessionTarget {
  readonly sessionKey?: string | undefined
  readonly sessionId?: string | undefined
  readonly label?: string | undefined
  readonly agentId?: string | undefined
}

/** What was said, without images and thoughts; texts are bounded, and secrets that the gateway knows are taken out. */
export interface SaidMessage {
  readonly role: string
  readonly text: string
  readonly at: number
}

export interface HistoryPage {
  readonly key: string
  readonly sessionId?: string
  /** Oldest first. */
  readonly messages: readonly SaidMessage[]
  /** Entries to leave out for the page before this one; undefined on the first page of the conversation. */
  readonly nextOffset?: number
}

export interface HistoryQuery extends SessionTarget {
  readonly limit: number
  /** Entries to leave out, from the newest. */
  readonly offset: number
  /** Also calls of tools and what came of them. */
  readonly tools: boolean
}

/** A session and what it has cost. */
export interface SessionStatus extends SessionFacts {
  /** Undefined: the model of its agent. */
  readonly modelOverride?: string
  readonly input: number
  readonly output: number
  readonly costUsd?: number
  /** Turns that run or wait. */
  readonly turns: number
}

export interface SendRequest extends SessionTarget {
  readonly message: string
  /** How long to wait for the answer, in milliseconds; 0 does not wait. */
  readonly waitMs: number
}

export interface SendResult {
  readonly status: 'ok' | 'accepted' | 'timeout' | 'no_reply' | 'error'
  readonly sessionKey: string
  readonly runId: string
  readonly reply?: string
  readonly error?: string
}

export interface GatewaySessions {
  /** Those that the turn may see, newest first. */
  list(query: SessionQuery): Promise<readonly SessionFacts[]>
  /** The newest messages of one. */
  history(query: HistoryQuery): Promise<HistoryPage>
  /** The turn's own session when nothing is named. */
  status(target: SessionTarget): Promise<SessionStatus>
  /** Sets the model of a session; null: that of its agent again. */
  setModel(target: SessionTarget, model: string | null): Promise<void>
  /** Begins a turn of another session with a message that says where it comes from. */
  send(request: SendRequest, signal: AbortSignal): Promise<SendResult>
}
