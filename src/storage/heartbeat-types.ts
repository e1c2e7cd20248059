import type { HeartbeatReport } from '../../schemas/heartbeat.js'
import type { NewOutboxRow } from './channel-types.js'

export type { HeartbeatReport } from '../../schemas/heartbeat.js'

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
