import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ChatRoutes } from '../../../src/live/chat-routes.js'
import { openRuntime } from '../../../src/runtime.js'
import type { HeartbeatReport } from '../../../src/storage/types.js'
import { type Body, TelegramServer } from '../../channels/telegram/server.js'
import { WallClock } from '../../helper/clock.js'
import { testConfig, testInstance, upstreamConfig } from '../../helper/gateway.js'
import { startUpstream } from '../../helper/upstream.js'

export const minute = 60_000
export const start = Date.parse('2026-03-02T10:00:00Z')
const afterStartMs = 10_000

interface Wanted {
  readonly script?: unknown
  /** Keys of `agents.defaults.heartbeat`. */
  readonly heartbeat?: Body
  /** HEARTBEAT.md; null: there is none. */
  readonly checklist?: string | null
  readonly agents?: Body
  readonly channel?: Body
  readonly more?: Body
  /** Nobody has written yet. */
  readonly stranger?: true
}

/** A gateway whose time stands still, with a bot whose owner, 42, has written to it once. */
export async function stage(t: Test, wanted: Wanted = {}) {
  const { script = 'HEARTBEAT_OK', heartbeat, checklist = '- the mail', agents = {}, channel, more } = wanted
  const api = await new TelegramServer().start(t)
  const upstream = await startUpstream(t, script as never)
  const telegram = { botToken: api.token, apiRoot: api.root, allowFrom: ['42'], streaming: 'off', ...channel }
  const { models, agents: base } = upstreamConfig(upstream.baseUrl) as Body
  const defaults = { ...base.defaults, ...(heartbeat && { heartbeat }) }
  const config = { models, agents: { defaults, ...agents }, channels: { telegram }, ...more }
  const instance = await testInstance(t, testConfig(config))
  const workspace = join(instance.paths.state, 'workspace')
  mkdirSync(workspace, { recursive: true })
  const list = (text: string) => writeFileSync(join(workspace, 'HEARTBEAT.md'), text)
  if (checklist !== null) list(checklist)
  const clock = new WallClock(start)
  /** As `until`, without waiting longer than it takes. What has become due meanwhile runs. */
  const soon = async (what: () => boolean | Promise<boolean>): Promise<void> => {
    const end = Date.now() + 10_000
    while (!(await what())) {
      if (Date.now() > end) throw new Error('it did not happen within 10 s')
      clock.advance(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const open = async () => {
    const runtime = await openRuntime(instance, { clock })
    t.teardown(() => runtime.close())
    const first = await runtime.store.heartbeats.get('main')
    clock.advance(afterStartMs)
    await soon(async () => first !== undefined || (await runtime.store.heartbeats.get('main')) !== undefined)
    return runtime
  }
  let runtime = await openRuntime(instance, { clock })
  const route = { channel: 'telegram', account: 'default', place: { kind: 'direct' as const, id: '42' } }
  if (!wanted.stranger) await new ChatRoutes(runtime.store.channels).set('agent:main:main', route)
  await runtime.close()
  runtime = await open()
  const last = () => runtime.store.heartbeats.last()
  return {
    api,
    upstream,
    clock,
    list,
    instance,
    soon,
    get runtime() {
      return runtime
    },
    last,
    state: async () => (await runtime.store.heartbeats.get('main')) as NonNullable<Awaited<ReturnType<typeof get>>>,
    /** Time goes on; resolves with the report of the heartbeat that this brings about. */
    async after(ms: number): Promise<HeartbeatReport> {
      const before = (await last())?.ts
      clock.advance(ms)
      let now: HeartbeatReport | undefined
      await soon(async () => {
        now = await last()
        return now !== undefined && now.ts !== before
      })
      return now as HeartbeatReport
    },
    /** The gateway ends and begins anew. */
    async restart() {
      await runtime.close()
      runtime = await open()
    },
    /** Time goes on, and nothing comes of it. */
    async quietly(ms: number): Promise<void> {
      const { length } = upstream.requests
      const end = Date.now() + 100
      clock.advance(ms)
      await soon(() => Date.now() > end)
      t.equal(upstream.requests.length, length, 'the model is not asked')
    },
    said: () => api.calls.filter(({ method }) => method === 'sendMessage').map(({ body }) => body.text as string),
  }

  function get() {
    return runtime.store.heartbeats.get('main')
  }
}
