import type { ModelMessage } from '../../schemas/message.js'

/** A stored answer of `/v1/responses`, readable again and gone on from. */
export interface ResponseRow {
  readonly id: string
  readonly previousId: string | undefined
  /** Who may read it. */
  readonly owner: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The response object as JSON. */
  readonly response: string
  /** The input items as JSON. */
  readonly input: string
  /** What the turn added to the conversation: its new input and its answer. */
  readonly messages: readonly ModelMessage[]
}

export interface ResponseStore {
  /** Adds it, or replaces what was stored under its id. Forgets a few of the oldest beyond the time that they are kept. */
  put(row: ResponseRow, events?: readonly StoredEvent[]): Promise<void>
  /** Writes the answer of one that is stored. One that has been deleted stays so. */
  update(row: ResponseRow, events?: readonly StoredEvent[]): Promise<void>
  get(id: string, owner: string): Promise<ResponseRow | undefined>
  /** The whole conversation up to and with this response; undefined when a part of it is gone. */
  conversation(id: string, owner: string): Promise<readonly ModelMessage[] | undefined>
  /** Events of a background stream after this number, in order. */
  events(id: string, after: number): Promise<readonly StoredEvent[]>
  delete(id: string, owner: string): Promise<boolean>
}

export interface StoredEvent {
  readonly number: number
  readonly type: string
  readonly json: string
}
