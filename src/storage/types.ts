import type { ModelMessage, Usage } from '../../schemas/message.js'
import type { DeviceStore, NodeStore, PairRequestStore } from './device-types.js'

/**
 * The storage port (DESIGN.md section 8): asynchronous, so that PostgreSQL can stand behind it. A write resolves only
 * when it is on disk; reads see every write that was issued before them.
 */
export interface Store {
  readonly sessions: SessionStore
  readonly transcripts: TranscriptStore
  readonly runs: RunStore
  readonly devices: DeviceStore
  /** Devices and nodes that wait for approval. */
  readonly pairRequests: PairRequestStore
  readonly nodes: NodeStore
  /** Waits for pending writes, then closes. Writes after it reject. */
  close(): Promise<void>
}

export interface SessionRow {
  readonly key: string
  readonly id: string
  readonly agent: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch of the last transcript entry. */
  readonly updatedAt: number
}

export interface SessionStore {
  get(key: string): Promise<SessionRow | undefined>
  /** Newest first. `before` is the cursor of the previous page. */
  list(page: SessionPage): Promise<SessionRow[]>
  /** All of them, or those of one agent. */
  count(agent?: string): Promise<number>
  delete(key: string): Promise<boolean>
}

export interface SessionPage {
  readonly limit: number
  readonly agent?: string
  readonly before?: { readonly updatedAt: number; readonly key: string }
}

/** What one transcript entry holds; a reader skips kinds that it does not know. */
export type TranscriptBody =
  | { readonly kind: 'message'; readonly message: ModelMessage; readonly aborted?: true }
  /** The prompt starts anew after this entry; the older ones stay readable. */
  | { readonly kind: 'reset'; readonly reason: string }

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

export interface TranscriptStore {
  /** Makes the session when it is new and appends in order, in one transaction. */
  append(entry: TranscriptAppend): Promise<void>
  /** Entries after the last reset, oldest first. */
  current(sessionKey: string): Promise<TranscriptEntry[]>
  /** The newest `limit` entries, oldest of them first. */
  tail(sessionKey: string, limit: number): Promise<TranscriptEntry[]>
}

export type RunStatus = 'running' | 'ok' | 'error' | 'aborted' | 'interrupted'

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
  readonly status: Exclude<RunStatus, 'running'>
  readonly at: number
  readonly usage?: Usage
  readonly error?: string
  /** Written in the same transaction as the end of the run. */
  readonly append?: TranscriptAppend
}

export interface RunRow extends RunStart {
  readonly status: RunStatus
  readonly endedAt: number | undefined
  readonly error: string | undefined
}

export interface RunStore {
  /** Records the start together with the input of the turn, in one transaction. */
  start(run: RunStart, input: TranscriptAppend): Promise<void>
  end(run: RunEnd): Promise<void>
  get(id: string): Promise<RunRow | undefined>
}
