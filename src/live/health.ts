import type { HealthPayload } from '../../schemas/ws/health.js'
import type { Agents } from '../agents/agents.js'
import { type HeartbeatSettings, heartbeatOf } from '../automation/heartbeat/settings.js'
import { channelStatuses } from '../channels/status.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import type { SessionRow, Store } from '../storage/types.js'
import type { Channels } from './channels.js'

export interface HealthSource {
  readonly clock: Clock
  readonly store: Store
  readonly agents: Agents
  readonly config: () => Config
  /** The environment, with what the config adds to it. */
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly channels: { begun(): Promise<Pick<Channels, 'manager'> | undefined> }
  /** The settings of a heartbeat, as the switch over all of them leaves them. */
  readonly heartbeats: { apply(settings: HeartbeatSettings): HeartbeatSettings }
  /** Where sessions are stored. */
  readonly path: string
}

/** How long a snapshot is as good as a new one, in milliseconds (spec/protocol.md 4.1). */
const freshMs = 60_000
const recentSessions = 5

/** The state of the gateway in one object, made anew at most once a minute unless somebody asks. */
export class HealthSnapshots {
  readonly #source: HealthSource
  #last: HealthPayload | undefined
  #pending: Promise<HealthPayload> | undefined

  constructor(source: HealthSource) {
    this.#source = source
  }

  /** The last one while it is fresh, else a new one. Callers at the same time share one. */
  read(): Promise<HealthPayload> {
    const { clock } = this.#source
    if (this.#last && clock.now() - this.#last.ts < freshMs) return Promise.resolve(this.#last)
    return this.refresh()
  }

  refresh(): Promise<HealthPayload> {
    this.#pending ??= this.#make().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** Those of the config, with the state of those that have begun. */
  async #channels() {
    const { config, env, channels } = this.#source
    const begun = await channels.begun()
    return channelStatuses(config(), env()).map((channel) => ({
      ...channel,
      accounts: channel.accounts.map((account) => ({
        ...account,
        running: begun?.manager.state(channel.id, account.accountId)?.running ?? false,
      })),
    }))
  }

  async #make(): Promise<HealthPayload> {
    const { clock, store, agents, config, heartbeats, path } = this.#source
    const began = clock.monotonic()
    const ts = clock.now()
    const { ids, defaultId } = agents.roster()
    const count = (rows: readonly SessionRow[], total: number) => ({
      path,
      count: total,
      recent: rows.map(({ key, updatedAt }) => ({ key, updatedAt, age: Math.max(ts - updatedAt, 0) })),
    })
    const entries = config().agents?.entries ?? {}
    const perAgent = await Promise.all(
      ids.map(async (agentId) => {
        const rows = await store.sessions.list({ limit: recentSessions, agent: agentId })
        const name = entries[agentId]?.name
        return {
          agentId,
          ...(name !== undefined && { name }),
          isDefault: agentId === defaultId,
          heartbeat: heartbeats.apply(heartbeatOf(config(), agentId)),
          sessions: count(rows, await store.sessions.count({ agent: agentId })),
        }
      }),
    )
    const sessions = count(await store.sessions.list({ limit: recentSessions }), await store.sessions.count())
    const channels = await this.#channels()
    const heartbeat = perAgent.find(({ isDefault }) => isDefault)?.heartbeat
    this.#last = {
      ok: true,
      ts,
      durationMs: Math.round(clock.monotonic() - began),
      channels: Object.fromEntries(channels.map(({ id, accounts }) => [id, { accounts }])),
      channelOrder: channels.map(({ id }) => id),
      channelLabels: Object.fromEntries(channels.map(({ id, label }) => [id, label])),
      heartbeatSeconds: Math.round((heartbeat?.everyMs ?? 0) / 1000),
      defaultAgentId: defaultId,
      agents: perAgent,
      sessions,
    }
    return this.#last
  }
}
