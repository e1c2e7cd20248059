import { hostname } from 'node:os'
import t from 'tap'
import { buildGateway } from '../../../src/app.js'
import { build, testConfig, testInstance } from '../../helper/gateway.js'
import { testPeer } from '../../helper/peer.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, openConfig, resultOf, rpc } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()

t.test('status', async (t) => {
  const config = {
    agents: { defaults: { model: 'a/b', contextTokens: 9 } },
    channels: { telegram: { botToken: '1:a', apiRoot: 'http://127.0.0.1:9' }, irc: {} },
  }
  const app = await build(t, openConfig(config))
  const { version, paths } = app.runtime.instance
  t.match(await resultOf(app, 'status'), {
    runtimeVersion: version,
    pid: process.pid,
    heartbeat: {
      defaultAgentId: 'main',
      agents: [{ agentId: 'main', enabled: true, every: '30m', everyMs: 1_800_000 }],
    },
    channelSummary: ['Telegram: configured (1)', 'IRC: not configured'],
    queuedSystemEvents: [],
    tasks: { active: 0 },
    sessions: {
      paths: [paths.database],
      count: 0,
      defaults: { model: 'a/b', contextTokens: 9 },
      byAgent: [{ path: paths.database }],
    },
    configReload: { valid: true, pendingRestart: [] },
  })
  const asReader = await rpc(app, 'status', { includeChannelSummary: false }, { 'x-openclaw-scopes': 'operator.read' })
  t.match(asReader.body.result, {
    channelSummary: [],
    sessions: {
      paths: [],
      defaults: { model: null, contextTokens: null },
      recent: [],
      byAgent: [{ path: '[redacted]' }],
    },
  })
  t.notMatch(JSON.stringify(asReader.body), paths.state)
})

t.test('system events wait on disk, in order, without repetition, bounded', async (t) => {
  const instance = await testInstance(t, testConfig({ agents: { entries: { main: {}, work: {} } } }))
  const first = await buildGateway(instance)
  const wake = (text: string, more: object = {}) => resultOf(first, 'wake', { mode: 'next-heartbeat', text, ...more })
  await wake('one')
  await wake('two', { mode: 'now', agentId: 'work' })
  await wake(' two ', { agentId: 'work' })
  await resultOf(first, 'system-event', { text: 'three', sessionKey: 'agent:work:side' })
  await wake('one')
  const events = await first.runtime.store.systemEvents.pending(10)
  t.match(events, [
    { sessionKey: 'agent:main:main', text: 'one', wake: 'next-heartbeat' },
    { sessionKey: 'agent:work:main', text: 'two', wake: 'now' },
    { sessionKey: 'agent:work:side', text: 'three', wake: 'next-heartbeat' },
  ])
  t.equal(events.length, 3)
  await first.close()

  const second = await buildGateway(instance)
  t.teardown(() => second.close())
  const queued = async () => (await resultOf(second, 'status')).queuedSystemEvents
  t.same(await queued(), ['one', 'two', 'three'], 'a restart loses none')
  for (let n = 0; n < 25; n += 1) await resultOf(second, 'wake', { mode: 'now', text: `n${n}`, sessionKey: 'main' })
  t.same(await queued(), ['two', 'three', ...Array.from({ length: 20 }, (_, n) => `n${n + 5}`)], 'twenty in a session')
})

t.test('all sessions together are bounded', async (t) => {
  const app = await build(t)
  const { systemEvents } = app.runtime.store
  const push = (n: number) =>
    systemEvents.push({ sessionKey: `agent:main:${n}`, text: `n${n}`, wake: 'now', at: n }, { perSession: 2, total: 5 })
  for (let n = 0; n < 9; n += 1) await push(n)
  const texts = (await systemEvents.pending(100)).map(({ text }) => text)
  t.same(texts, ['n4', 'n5', 'n6', 'n7', 'n8'])
})

t.test('presence', async (t) => {
  const app = await build(t)
  const rows = await resultOf(app, 'system-presence')
  t.match(rows, [{ host: hostname(), mode: 'gateway', reason: 'self', version: app.runtime.instance.version }])
  for (const row of rows) t.strictSame(protocol.problems('PresenceEntry', row), [])
  await resultOf(app, 'system-event', {
    text: 'Node: Laptop · last input 5s ago',
    host: 'Laptop',
    instanceId: 'i',
    lastInputSeconds: 5,
  })
  t.match(await resultOf(app, 'system-presence'), [
    {},
    { host: 'Laptop', instanceId: 'i', lastInputSeconds: 5, text: /^Node/ },
  ])
  t.same((await resultOf(app, 'status')).queuedSystemEvents, [], 'a report is not for the agent')
})

t.test('heartbeats are switched', async (t) => {
  const app = await build(t)
  t.equal(await resultOf(app, 'last-heartbeat'), null)
  t.strictSame(await resultOf(app, 'set-heartbeats', { enabled: false }), { ok: true, enabled: false })
  t.match(await resultOf(app, 'status'), { heartbeat: { agents: [{ enabled: false, everyMs: null }] } })
  t.match(await resultOf(app, 'health', { probe: true }), {
    heartbeatSeconds: 0,
    agents: [{ heartbeat: { enabled: false } }],
  })
  await resultOf(app, 'set-heartbeats', { enabled: true })
  t.match(await resultOf(app, 'health', { probe: true }), { heartbeatSeconds: 1800 })
})

t.test('health knows heartbeats and channels, and fits the published snapshot', async (t) => {
  const app = await build(t, testConfig({ channels: { telegram: { botToken: '1:a', apiRoot: 'http://127.0.0.1:9' } } }))
  const peer = testPeer('one', { scopes: [] })
  app.runtime.hub.add(peer)
  const health = await resultOf(app, 'health', { probe: true })
  t.match(health, {
    channelOrder: ['telegram'],
    channelLabels: { telegram: 'Telegram' },
    channels: { telegram: { accounts: [{ accountId: 'default', configured: true, running: true }] } },
  })
  const snapshot = {
    presence: app.runtime.presence.rows(),
    health,
    stateVersion: app.runtime.hub.versions,
    uptimeMs: 1,
  }
  t.strictSame(protocol.problems('Snapshot', snapshot), [])
  t.match(peer.told, [{ name: 'health', stateVersion: '{"presence":0,"health":1}' }])
})

t.test('system.info, update.status, gateway.restart.preflight', async (t) => {
  const app = await build(t, testConfig({ update: { channel: 'beta', auto: { enabled: true } } }))
  const info = await resultOf(app, 'system.info')
  t.strictSame(protocol.problems('SystemInfoResult', info), [])
  t.match(info, {
    hostname: hostname(),
    pid: process.pid,
    port: 18_789,
    nodeVersion: process.version,
    diskPath: app.runtime.instance.paths.state,
  })
  const update = await resultOf(app, 'update.status')
  t.strictSame(protocol.problems('UpdateStatusResult', update), [])
  t.match(update, { effectiveChannel: 'beta', schedule: { autoEnabled: true, install: { kind: 'git' } } })
  t.match(await resultOf(app, 'gateway.restart.preflight'), { safe: true, counts: { totalActive: 0 }, blockers: [] })
})

t.test('what is refused', async (t) => {
  const app = await build(t)
  const cases: readonly [method: string, params: object, expected: object][] = [
    ['wake', { text: 'x' }, { message: "invalid wake params: must have required property 'mode'" }],
    ['wake', { mode: 'later', text: 'x' }, { message: /^invalid wake params: at \/mode: .*now, next-heartbeat/ }],
    ['wake', { mode: 'now', text: '' }, { code: 'invalid_params' }],
    ['wake', { mode: 'now', text: '   ' }, { code: 'invalid_params' }],
    ['wake', { mode: 'now', text: 'x', agentId: 'nobody' }, { message: 'agent "nobody" not found' }],
    ['wake', { mode: 'now', text: 'x', sessionKey: 'agent:nobody:main' }, { message: 'agent "nobody" not found' }],
    ['wake', { mode: 'now', text: 'x'.repeat(10_001) }, { code: 'invalid_params' }],
    ['system-event', {}, { message: "invalid system-event params: must have required property 'text'" }],
    ['set-heartbeats', { enabled: 'yes' }, { message: 'invalid set-heartbeats params: at /enabled: must be boolean' }],
    ['status', { includeChannelSummary: 1 }, { code: 'invalid_params' }],
  ]
  for (const [method, params, expected] of cases) {
    t.match(await errorOf(app, method, params), expected, `${method} ${JSON.stringify(params).slice(0, 50)}`)
  }
  t.same(await app.runtime.store.systemEvents.pending(10), [])
})
