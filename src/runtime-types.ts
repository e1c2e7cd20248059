import type { Agents } from './agents/agents.js'
import type { Approvals } from './approvals/approvals.js'
import type { Grants } from './approvals/grants.js'
import type { Limiter } from './auth/limiter.js'
import type { AuthSettings } from './auth/settings.js'
import type { SystemEvents } from './automation/system-events.js'
import type { ConfigView } from './config/view.js'
import type { Devices } from './devices/open.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import type { EventBus } from './kernel/events.js'
import type { StopSignal } from './kernel/stop.js'
import type { DirectTools } from './live/direct-tools.js'
import type { GatewayEvents } from './live/events.js'
import type { HealthSnapshots } from './live/health.js'
import type { Hub } from './live/hub.js'
import type { Once } from './live/once.js'
import type { Presence } from './live/presence.js'
import type { Replays } from './live/replays.js'
import type { Restarts, RestartWay } from './live/restarts.js'
import type { Talk } from './live/talk.js'
import type { WriteLimit } from './live/write-limit.js'
import type { Logs } from './logs/open.js'
import type { Memory } from './memory/memory.js'
import type { Metrics } from './metrics/metrics.js'
import type { Cooldowns } from './models/cooldowns.js'
import type { Catalog } from './models/open-catalog.js'
import type { ResponseJobs } from './responses/jobs.js'
import type { LoadsChannels, RuntimeChannels } from './runtime-channels.js'
import type { RuntimeCron } from './runtime-cron.js'
import type { RuntimeHeartbeats } from './runtime-heartbeats.js'
import type { RuntimeHooks } from './runtime-hooks.js'
import type { OpenedWalls } from './sandbox/open-walls.js'
import type { Secrets } from './secrets/secrets.js'
import type { Sessions } from './sessions/sessions.js'
import type { Spending } from './spending/spending.js'
import type { Store } from './storage/types.js'

/** Everything that outlives a rebuild of the Fastify app (DESIGN.md section 4b). */
export interface Runtime {
  readonly instance: Instance
  readonly clock: Clock
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** The port that is listened on, or would be. */
  readonly port: number
  readonly log: Logs['logger']
  /** The log file of this moment. */
  readonly logPath: string
  /** Tells when lines have reached the log file; the returned function stops. */
  onLogWritten(listener: () => void): () => void
  readonly config: ConfigView
  /** What references of the config stand for. */
  readonly secrets: Secrets
  readonly store: Store
  readonly agents: Agents
  /** The models of the config of this moment. */
  readonly catalog: () => Catalog
  /** What is held against models and accounts that failed. */
  readonly cooldowns: Cooldowns
  /** Reads files with keys that have changed. */
  lookForKeys(): void
  readonly sessions: Sessions
  readonly metrics: Metrics
  readonly limiter: Limiter
  /** What happens in this gateway; doors, metrics and tests listen. */
  readonly bus: EventBus<GatewayEvents>
  /** The sockets of the control plane. */
  readonly hub: Hub
  readonly presence: Presence
  /** What agents are to be told at their next turn. */
  readonly systemEvents: SystemEvents
  readonly heartbeats: RuntimeHeartbeats
  /** What model calls cost today, and what they may. */
  readonly spending: Spending
  /** Questions to people that a run waits for. */
  readonly approvals: Approvals
  /** Commands that need no further approval. */
  readonly grants: Grants
  /** What stands between agents and this machine. */
  readonly exec: () => Promise<OpenedWalls>
  /** Who is paired with this gateway. */
  readonly devices: Devices
  /** Who was let in to write to its bots. */
  readonly chatPairing: RuntimeChannels['pairing']
  readonly health: HealthSnapshots
  /** The limit of control-plane writes. */
  readonly writes: WriteLimit
  /** Calls by idempotency key. */
  readonly once: Once
  /** Answers over HTTP by idempotency key. */
  readonly replays: Replays
  /** Answers of /v1/responses that run in the background. */
  readonly responses: ResponseJobs
  readonly restarts: Restarts
  readonly channels: RuntimeChannels
  /** The scheduled jobs. */
  readonly cron: RuntimeCron
  /** Calls of hooks. */
  readonly hooks: RuntimeHooks
  /** Tools that clients call on their own; loaded at the first call. */
  directTools(): Promise<DirectTools>
  /** What people say: chat commands, and messages for agents. */
  readonly talk: Talk
  /** The notes of agents; loaded when first asked for. */
  memory(): Promise<Memory>
  /** The auth settings of this moment. */
  readonly auth: () => AuthSettings
  /** Aborts when the gateway no longer waits for running turns. */
  readonly stopping: StopSignal
  /** Why the config that is on disk does not run although it is valid; undefined when it does run. */
  readonly refusal: string | undefined
  /** Notes a refusal until the next change of the config. */
  refuse(message: string): void
  /** Throws what would refuse the auth settings of the config on these addresses. Changes nothing. */
  checkAuth(addresses: readonly string[], port: number): void
  /** Where the gateway listens has changed: auth is judged by it. */
  listensOn(addresses: readonly string[], port: number): void
  /** Aborts running turns. */
  stop(): void
  /** Stops, then closes what the runtime opened, the store last. */
  close(): Promise<void>
}

export interface RuntimeOptions extends LoadsChannels {
  readonly clock?: Clock
  /** Already open; the runtime does not close it. */
  readonly config?: ConfigView
  /** Already open; the runtime does not close it. */
  readonly logs?: Logs
  readonly store?: Store
  readonly addresses?: readonly string[]
  readonly port?: number
  /** True when somebody rebuilds the app after changes that need it, and says so with `listensOn`. */
  readonly rebuilds?: boolean
  /** How the gateway is restarted, when there is somebody to begin its next run. */
  readonly restart?: RestartWay
}
