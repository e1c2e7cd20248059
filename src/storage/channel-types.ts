/** Who has an account of a channel, for rows of every table below. */
export interface AccountKey {
  readonly channel: string
  readonly account: string
}

/** A message of a person that was taken in. */
export interface InboxRow extends AccountKey {
  readonly messageId: string
  /** Messages of one place are handled in order. */
  readonly place: string
  readonly at: number
  /** JSON of the message. */
  readonly body: string
  /** Of the run that answers it; the same after a restart. */
  readonly runId: string
  readonly attempts: number
  /** JSON of what its chat shows of the answer while that is written. */
  readonly preview?: string
}

/** Which message of an account. */
export type InboxKey = Pick<InboxRow, 'channel' | 'account' | 'messageId'>

/** A message to a place. `key` is unique: the same answer is never written twice. */
export interface OutboxRow extends AccountKey {
  readonly key: string
  readonly place: string
  readonly createdAt: number
  /** JSON of the place and the message. */
  readonly body: string
  /** `sending`: handed to the platform, and not known whether it arrived. */
  readonly status: 'pending' | 'sending' | 'sent' | 'dead'
  readonly attempts: number
  /** Milliseconds since the epoch; not before. */
  readonly nextAt: number
  /** When its status was written last; absent before the first try. */
  readonly changedAt?: number
  readonly messageId?: string
  readonly error?: string
}

export interface OutboxChange {
  readonly status: OutboxRow['status']
  readonly attempts?: number
  readonly nextAt?: number
  readonly messageId?: string
  readonly error?: string
  /** In place of what was to be sent. */
  readonly body?: string
  readonly at: number
}

export interface NewOutboxRow extends AccountKey {
  readonly key: string
  readonly place: string
  readonly body: string
}

export interface ChannelStore {
  /** Takes a message in; false when it was taken before. */
  take(row: Omit<InboxRow, 'attempts'>): Promise<boolean>
  /** Messages that are not answered, oldest first. */
  open(): Promise<InboxRow[]>
  /** These are answered by one run: all of them or none. */
  join(rows: readonly InboxKey[], runId: string): Promise<void>
  /** One more try of unanswered messages, under another run. */
  retry(rows: readonly InboxKey[], runId: string): Promise<void>
  /** Its chat shows a part of the answer. */
  preview(row: InboxKey, preview: string): Promise<void>
  /** A part of its answer goes out before the rest, and its chat shows it: together or not at all. */
  say(row: InboxKey, preview: string, answers: readonly NewOutboxRow[], at: number): Promise<void>
  /** The messages are done with, and these are their answers: together or not at all. */
  end(
    rows: readonly InboxKey[],
    result: { readonly status: 'done' | 'dropped' | 'dead'; readonly at: number; readonly error?: string },
    answers: readonly NewOutboxRow[],
  ): Promise<void>
  /** Answers without a message: of jobs, agents, commands. */
  put(rows: readonly NewOutboxRow[], at: number): Promise<void>
  /** Places that messages were taken in from, without those that were turned away; the last spoken in first. */
  places(account: AccountKey, limit: number): Promise<string[]>
  /** Answers that are to be sent or may have been, oldest first. */
  unsent(): Promise<OutboxRow[]>
  outbox(key: string): Promise<OutboxRow | undefined>
  mark(key: string, change: OutboxChange): Promise<void>
  /** Of both tables, newest first. */
  dead(limit: number): Promise<((InboxRow & { readonly error?: string }) | OutboxRow)[]>
  memory(account: AccountKey, key: string): Promise<string | undefined>
  /** Values of all keys that begin so, by key. */
  memories(account: AccountKey, prefix: string): Promise<string[]>
  remember(account: AccountKey, key: string, value: string): Promise<void>
  /** Forgets what was done with before, and what was put aside before `dead`. */
  prune(before: number, dead: number): Promise<void>
}
