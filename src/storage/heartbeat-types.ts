import type { NewOutboxRow } from './channel-types.js'

/** How a heartbeat ended; the `heartbeat` event and `last-heartbeat` tell it (spec/runtime.md 6.1). */
export interface HeartbeatReport {
  /** Milliseconds since the epoch. */
  readonly ts: number
  readonly status: 'sent' | 'ok-empty' | 'ok-token' | 'skipped' | 'failed'
  readonly agentId: string
  readonly reason?: string
  readonly durationMs?: number
  /** Where it was sent. */
  readonly channel?: string
  readonly to?: string
  /** The beginning of what was said. */
  readonly preview?: string
  /** What went wrong. */
  readonly message?: string
  readonly indicatorType?: 'ok' | 'alert' | 'error'
}

/** A heartbeat that has begun: the next start takes it up. */
export interface BegunBeat {
  readonly runId: string
  readonly sessionKey: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Something had happened; nobody waited for the clock. */
  readonly woken: boolean
}

/** What is kept of the heartbeats of one agent. */
export interface HeartbeatState {
  /** The time from which the next is counted. */
  readonly lastAt: number
  readonly running?: BegunBeat
  /** Heartbeats in a row that had nothing to say. */
  readonly idle?: number
  /** Failures in a row. */
  readonly failures?: number
  /** None runs until somebody acts. */
  readonly stopped?: { readonly reason: string; readonly at: number }
  /** When alerts were said, by what they say: the same is not said again all day. */
  readonly alerts?: Readonly<Record<string, number>>
  readonly last?: HeartbeatReport
}

export interface HeartbeatStore {
  get(agent: string): Promise<HeartbeatState | undefined>
  /** Writes the state, and in the same transaction what people are to be sent. */
  put(agent: string, state: HeartbeatState, messages?: readonly NewOutboxRow[]): Promise<void>
  /** Of all agents, the newest. */
  last(): Promise<HeartbeatReport | undefined>
}
