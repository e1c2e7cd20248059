import type { Caller } from './caller.js'

/** One authenticated socket, as the rest of the gateway sees it. */
export interface Peer {
  readonly connId: string
  readonly caller: Caller
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  /** Sessions whose messages it wants, by canonical key. */
  readonly messageKeys: Set<string>
  /** True once it asked for changes of sessions. */
  wantsSessions: boolean
  /**
   * Sends an event that is part of the numbered stream. `payload` is JSON already: one text serves all peers. A peer
   * that is too far behind is cut off, or, when the event may be dropped, misses it and sees the gap in its numbers.
   */
  event(name: string, payload: string, options?: { readonly droppable?: boolean; readonly stateVersion?: string }): void
  /** Sends an event that is meant for this peer alone; it has no number. */
  direct(name: string, payload: string): void
  close(code: number, reason: string): void
}
