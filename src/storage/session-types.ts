import type { SessionEntry } from '../../schemas/session.js'
import type { RunStatus } from './run-types.js'

export interface SessionRow {
  readonly key: string
  /** Names the transcript; a reset gives the key a new one. */
  readonly id: string
  readonly agent: string
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number
  /** When this transcript began. */
  readonly startedAt: number
  /** The last transcript entry. */
  readonly updatedAt: number
  /** The last turn that somebody began. */
  readonly interactedAt: number
  readonly entry: SessionEntry
  /** First words of the first user message. */
  readonly title: string | undefined
  /** First words of the newest message. */
  readonly preview: string | undefined
  /** Transcript entries so far; the next one gets this number. */
  readonly entries: number
  /** The transcript before the last reset. */
  readonly previousId: string | undefined
  /** How often its current transcript was summed up. */
  readonly compactions: number
  readonly spent: SessionSpending
  readonly lastRun: SessionRun | undefined
}

/** Tokens and money of the current transcript. */
export interface SessionSpending {
  readonly input: number
  readonly output: number
  /** Size of the conversation at its last turn; undefined before the first. */
  readonly context: number | undefined
  /** US dollars; undefined when no turn had a price. */
  readonly cost: number | undefined
}

export interface SessionRun {
  readonly id: string
  readonly status: RunStatus
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly error: string | undefined
}

export interface SessionFilter {
  readonly agent?: string | undefined
  /** Default: those that are not archived. */
  readonly archived?: boolean | 'all' | undefined
  readonly label?: string | undefined
  readonly category?: string | undefined
  /** Key of the session that they came from. */
  readonly parent?: string | undefined
  /** Part of the key, the label, the name or the title; case does not matter. */
  readonly search?: string | undefined
  /** Changed at this time or later. */
  readonly since?: number | undefined
}

export interface SessionPage extends SessionFilter {
  readonly limit: number
  readonly offset?: number | undefined
  /** Newest first by this time. Default: `updated`. */
  readonly order?: 'updated' | 'interacted' | undefined
}

/** A transcript whose session went on with another one, or is gone. */
export interface PastTranscript {
  readonly id: string
  readonly key: string
  readonly agent: string
  readonly startedAt: number
  readonly endedAt: number
  readonly reason: string
  readonly entries: number
}

export interface SessionStore {
  get(key: string): Promise<SessionRow | undefined>
  /** By the id of its current transcript. */
  byId(id: string): Promise<SessionRow | undefined>
  /** Those whose current transcript has an id that begins so; at most `limit`. */
  byIdPrefix(prefix: string, limit: number): Promise<SessionRow[]>
  list(page: SessionPage): Promise<SessionRow[]>
  /** Without more than an agent and `archived` to filter by, it is read and not counted. */
  count(filter?: SessionFilter): Promise<number>
  /** Categories in use, in order. */
  categories(): Promise<string[]>
  /**
   * Sets the entry to what `edit` makes of the session, undefined when there is none yet; then it is made. What `edit`
   * throws is thrown, with nothing written.
   */
  put(place: SessionPlace, edit: (row: SessionRow | undefined) => SessionEntry): Promise<SessionRow>
  /**
   * Begins a new transcript; the old one stays readable by its id. Undefined when there is no such session. `check` may
   * throw.
   */
  reset(key: string, change: SessionChange): Promise<SessionRow | undefined>
  /**
   * Removes the session, and its transcripts, old ones included, unless `keep` is set. Gives the ids of transcripts that
   * stay; undefined when there is no such session.
   */
  delete(key: string, change: SessionChange & { readonly keep?: boolean }): Promise<string[] | undefined>
  /** Transcripts of a key that are no longer its current one, newest first. */
  past(key: string): Promise<PastTranscript[]>
}

export interface SessionPlace {
  readonly key: string
  readonly agent: string
  readonly at: number
}

export interface SessionChange {
  readonly at: number
  readonly reason: string
  /** Sees the session before anything is written; what it throws is thrown. */
  readonly check?: ((row: SessionRow) => void) | undefined
}
