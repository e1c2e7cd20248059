/** When the agent should look at an event: at once, or with its next heartbeat. */
export type WakeMode = 'now' | 'next-heartbeat'

/** Something that an agent is told at the next turn of a session. */
export interface SystemEvent {
  readonly sessionKey: string
  readonly text: string
  readonly wake: WakeMode
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface SystemEventLimits {
  /** Events that may wait in one session; the oldest give way. */
  readonly perSession: number
  /** Events that may wait in all. */
  readonly total: number
}

/** An event that waits; ids grow. */
export interface PendingEvent extends SystemEvent {
  readonly id: number
}

export interface SystemEventStore {
  /** The same text twice in a row waits once. */
  push(event: SystemEvent, limits: SystemEventLimits): Promise<void>
  /** What waits, oldest first; the newest `limit` of it. */
  pending(limit: number): Promise<SystemEvent[]>
  /** Sessions in which something waits that is to wake their agent. */
  woken(): Promise<string[]>
  /** What waits in one session, oldest first. The start of a run takes it away (`RunStore.start`). */
  of(sessionKey: string): Promise<PendingEvent[]>
}
