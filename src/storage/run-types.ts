import type { ModelMessage, Usage } from '../../schemas/message.js'
import type { Appended, TranscriptAppend } from './transcript-types.js'

/** `queued`: accepted and not begun. `interrupted`: the process died before its end. */
export type RunStatus = 'queued' | 'running' | 'ok' | 'error' | 'aborted' | 'interrupted'

export interface RunAccept {
  readonly id: string
  readonly sessionKey: string
  readonly agent: string
  readonly origin: string
  readonly at: number
  /** What is to be said when its turn comes; kept until then. */
  readonly input: ModelMessage
}

export interface RunStart {
  readonly id: string
  readonly sessionKey: string
  readonly agent: string
  readonly origin: string
  readonly model: string
  readonly at: number
}

export interface RunEnd {
  readonly id: string
  readonly status: Exclude<RunStatus, 'queued' | 'running'>
  readonly at: number
  /** The model that answered; as it began when absent. */
  readonly model?: string | undefined
  readonly usage?: Usage | undefined
  /** Tokens of the model's window that the conversation takes up now; those of `usage` when absent. */
  readonly contextTokens?: number | undefined
  /** US dollars. */
  readonly cost?: number | undefined
  readonly error?: string | undefined
  /** Written in the same transaction as the end of the run, unless the session is gone. */
  readonly append?: TranscriptAppend
}

export interface RunRow extends RunStart {
  readonly status: RunStatus
  /** The run that has taken its message: both end together. */
  readonly joined: string | undefined
  readonly endedAt: number | undefined
  readonly error: string | undefined
}

/** A run that was accepted and has not begun, or never will. */
export interface PendingRun {
  readonly id: string
  readonly at: number
  readonly status: RunStatus
  readonly input: ModelMessage
}

/** Which turns are summed: those that began from `from` up to but not including `to`. */
export interface UsageFilter {
  readonly from: number
  readonly to: number
  readonly agent?: string | undefined
  readonly sessionKey?: string | undefined
}

/** What the turns of one session and one model spent on one day. */
export interface UsageSum {
  readonly sessionKey: string
  readonly agent: string
  readonly model: string
  /** Whole days since the epoch, counted from `offsetMs` on. */
  readonly day: number
  readonly runs: number
  readonly errors: number
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** US dollars of those that had a price. */
  readonly cost: number
  readonly withoutPrice: number
}

export interface RunStore {
  /**
   * Records a run before it is acknowledged, and its session when that is new. Gives the known run when the id was used
   * before; nothing changes then.
   */
  accept(run: RunAccept): Promise<RunRow | undefined>
  /**
   * Records the start together with the input of the turn, in one transaction. `told`: the newest system event that the
   * input holds; it and those before it are taken away. What runs of `joins` say is answered by this one. Rejects when it
   * has begun before.
   */
  start(
    run: RunStart,
    input: TranscriptAppend | readonly TranscriptAppend[],
    told?: number,
    joins?: readonly string[],
  ): Promise<readonly Appended[]>
  /** Adds to the transcript of a run that goes on what waiting runs were to say; those of `joins` end with it. */
  join(id: string, input: readonly TranscriptAppend[], joins: readonly string[]): Promise<readonly Appended[]>
  /** Adds to the transcript while the run goes on, unless the session is gone. */
  append(entries: TranscriptAppend): Promise<readonly Appended[]>
  end(run: RunEnd): Promise<void>
  get(id: string): Promise<RunRow | undefined>
  /**
   * Takes a run that has ended out of its transcript, if it was a question and an answer and nothing else. True when it
   * was.
   */
  blank(id: string): Promise<boolean>
  /** Runs of a session that wait, and those that were cut off waiting since its last turn began; oldest first. */
  pending(sessionKey: string, limit: number): Promise<PendingRun[]>
  /** Sums by session, model and day; a day begins `offsetMs` after midnight UTC. Biggest spenders are not first. */
  usage(filter: UsageFilter, offsetMs: number): Promise<UsageSum[]>
}
