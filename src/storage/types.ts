import type { ApprovalStore, GrantStore } from './approval-types.js'
import type { ChannelStore } from './channel-types.js'
import type { ChatPairingStore } from './chat-pairing-types.js'
import type { CronStore } from './cron-types.js'
import type { DeviceStore, NodeStore, PairRequestStore } from './device-types.js'
import type { HeartbeatStore } from './heartbeat-types.js'
import type { HookStore } from './hook-types.js'
import type { MemoryStore } from './memory-types.js'
import type { ModelStore } from './model-types.js'
import type { ResponseStore } from './response-types.js'
import type { RunStore } from './run-types.js'
import type { SessionStore } from './session-types.js'
import type { SpendingStore } from './spending-types.js'
import type { SubagentStore } from './subagent-types.js'
import type { SystemEventStore } from './system-event-types.js'
import type { TranscriptStore } from './transcript-types.js'

export type * from './approval-types.js'
export type * from './channel-types.js'
export type * from './chat-pairing-types.js'
export type * from './cron-types.js'
export type * from './heartbeat-types.js'
export type * from './hook-types.js'
export type * from './memory-types.js'
export type * from './model-types.js'
export type * from './response-types.js'
export type * from './run-types.js'
export type * from './session-types.js'
export type * from './spending-types.js'
export type * from './subagent-types.js'
export type * from './system-event-types.js'
export type * from './transcript-types.js'

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
  /** What agents are to be told at their next turn. */
  readonly systemEvents: SystemEventStore
  /** Sub-agents that run, and those that ended lately. */
  readonly subagents: SubagentStore
  readonly responses: ResponseStore
  /** What came in over chat channels, and what goes out. */
  readonly channels: ChannelStore
  /** Who was let in to write to a bot, and who waits for it. */
  readonly chatPairing: ChatPairingStore
  /** Jobs and their runs. */
  readonly cron: CronStore
  /** When agents looked after things by themselves, and what came of it. */
  readonly heartbeats: HeartbeatStore
  /** What was spent, by day and by whom. */
  readonly spending: SpendingStore
  /** Calls of hooks. */
  readonly hooks: HookStore
  /** What is remembered of models and their providers. */
  readonly models: ModelStore
  /** What agents find their notes by. */
  readonly memory: MemoryStore
  /** Questions to people that a run waits for. */
  readonly approvals: ApprovalStore
  /** Commands that need no further approval. */
  readonly grants: GrantStore
  /** Waits for pending writes, then closes. Writes after it reject. */
  close(): Promise<void>
}
