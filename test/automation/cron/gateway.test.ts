import * as official from '@openclaw/gateway-protocol/schema'
import { Ajv } from 'ajv'
import t, { type Test } from 'tap'
import { type RunningGateway, runGateway } from '../../../src/main.js'
import { type Body, TelegramServer } from '../../channels/telegram/server.js'
import { agentScript, callOf } from '../../helper/agent-script.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance, upstreamConfig } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'
import { startUpstream } from '../../helper/upstream.js'

async function stage(t: Test, { script = 'the report', more = {} }: { script?: unknown; more?: Body } = {}) {
  const api = await new TelegramServer().start(t)
  const upstream = await startUpstream(t, script as never)
  const telegram = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], streaming: 'off' }
  const config = testConfig({ ...upstreamConfig(upstream.baseUrl), channels: { telegram }, ...more })
  const instance = await testInstance(t, config)
  const start = async (): Promise<RunningGateway> => {
    const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
    t.teardown(() => gateway.close())
    return gateway
  }
  const gateway = await start()
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const ended = async (jobId: string, count = 1): Promise<Body[]> => {
    let entries: Body[] = []
    await until(async () => {
      ;({ entries } = await socket.call('cron.runs', { jobId }))
      return entries.length >= count
    })
    return entries
  }
  return { api, upstream, gateway, socket, start, ended }
}

const soon = (ms = 1_500) => new Date(Date.now() + ms).toISOString()
const turn = { kind: 'agentTurn', message: 'write the report' }
const validator = new Ajv({ strict: false })
const matches = (name: string, value: unknown) => {
  const check = validator.compile((official as Body)[name])
  return check(value) ? '' : JSON.stringify(check.errors)
}

t.test('a job of a chat: it runs, its answer arrives there once, its log and its events tell', async (t) => {
  const { api, upstream, socket, ended } = await stage(t)
  const delivery = { mode: 'announce', channel: 'telegram', to: '42' }
  const job = await socket.call('cron.add', {
    name: 'report',
    schedule: { kind: 'at', at: soon() },
    payload: turn,
    delivery,
    deleteAfterRun: false,
  })
  t.equal(matches('CronJobSchema', job), '')
  t.match(job, { enabled: true, sessionTarget: 'isolated', wakeMode: 'now', agentId: 'main' })
  const [entry] = await ended(job.id)
  t.equal(matches('CronRunLogEntrySchema', entry), '')
  t.match(entry, {
    status: 'ok',
    summary: 'the report',
    deliveryStatus: 'delivered',
    delivered: true,
    sessionKey: /^agent:main:cron:/,
  })
  const [sent] = await api.called('sendMessage')
  const events: Body[] = socket.frames.flatMap(({ event, payload }) => (event === 'cron' ? [payload] : []))
  t.match(sent, { chat_id: '42', text: 'the report' })
  t.match(JSON.stringify(upstream.requests[0]?.body), new RegExp(`\\[cron:${job.id} report\\] write the report`))
  t.strictSame(
    events.map(({ action }) => action),
    ['added', 'started', 'finished'],
  )
  t.match(events[2], { jobId: job.id, status: 'ok', summary: 'the report' })
  t.match(await socket.call('cron.get', { id: job.id }), { enabled: false, state: { lastRunStatus: 'ok' } })
  t.equal((await api.called('sendMessage')).length, 1)
})

t.test('list, change, run by hand, remove', async (t) => {
  const { socket, ended, upstream } = await stage(t)
  const every = { kind: 'every', everyMs: 3_600_000 }
  const job = await socket.call('cron.add', {
    name: 'hourly',
    schedule: every,
    payload: turn,
    delivery: { mode: 'none' },
  })
  const listed = await socket.call('cron.list', {})
  t.match(listed, { jobs: [{ id: job.id, nextRunAtMs: Number }], total: 1, hasMore: false, nextOffset: null })
  for (const row of listed.jobs) t.equal(matches('CronJobSchema', row), '')
  t.match((await socket.call('cron.list', { compact: true })).jobs, [
    { id: job.id, scheduleKind: 'every', nextRunAt: /Z$/ },
  ])
  t.match(await socket.call('cron.status', {}), { enabled: true, jobs: 1, nextWakeAtMs: job.nextRunAtMs })
  t.match(await socket.call('cron.run', { id: job.id }), { ok: true, enqueued: true, runId: /^manual:/ })
  t.match(await ended(job.id), [{ status: 'ok', deliveryStatus: 'not-requested' }])
  t.equal(upstream.requests.length, 1)
  const changed = await socket.call('cron.update', { id: job.id, patch: { name: 'daily', enabled: false } })
  t.match(changed, { name: 'daily', enabled: false, configRevision: '2', payload: turn })
  t.strictSame((await socket.call('cron.list', {})).jobs, [])
  t.match((await socket.call('cron.list', { includeDisabled: true, query: 'DAI' })).jobs, [{ id: job.id }])
})

t.test('the main session is told; a wrong job is refused in words; one that is gone is not found', async (t) => {
  const { socket, ended } = await stage(t)
  const event = { kind: 'systemEvent', text: 'the tea is ready' }
  const job = await socket.call('cron.add', {
    name: 'tea',
    schedule: { kind: 'at', at: soon() },
    payload: event,
    deleteAfterRun: false,
  })
  t.match(job, { sessionTarget: 'main' })
  t.match(await ended(job.id), [{ status: 'ok', deliveryStatus: 'not-requested' }])
  t.match(JSON.stringify(await socket.call('status', {})), 'the tea is ready')
  await t.rejects(socket.call('cron.add', { name: 'x', schedule: { kind: 'cron', expr: 'x' }, payload: turn }), {
    message: /five fields/,
  })
  await t.rejects(socket.call('cron.get', { id: 'none' }), { message: /Automation not found: none/ })
})

t.test('numbers that no clock, timer or table can hold are refused in words', async (t) => {
  const { socket } = await stage(t)
  const job = { name: 'x', schedule: { kind: 'every', everyMs: 60_000 }, payload: turn }
  for (const [method, params] of [
    ['cron.runs', { offset: 1e308 }],
    ['cron.list', { offset: 2 ** 60 }],
    ['cron.add', { ...job, schedule: { kind: 'every', everyMs: 1e308 } }],
    ['cron.add', { ...job, schedule: { kind: 'cron', expr: '* * * * *', staggerMs: 1e12 } }],
    ['cron.add', { ...job, payload: { ...turn, timeoutSeconds: 1e7 } }],
    ['agent', { message: 'hi', idempotencyKey: 'a', timeout: 1e7 }],
  ] as const) {
    const refused = await socket.call(method, params).catch((thrown) => thrown)
    t.match(refused, { shape: { code: 'INVALID_REQUEST' } }, JSON.stringify(params))
  }
  t.match(await socket.call('cron.list', { compact: true, includeDisabled: true }), { jobs: [], total: 0 })
})

t.test(
  'without a chat nothing fails; a chat that is named and not there is a failure, unless it does not matter',
  async (t) => {
    const { socket, ended } = await stage(t)
    const at = { kind: 'at', at: soon() }
    const base = { schedule: at, payload: turn, deleteAfterRun: false }
    const quiet = await socket.call('cron.add', { ...base, name: 'quiet' })
    const to = { mode: 'announce', channel: 'telegram', to: 'nobody here', accountId: 'other' }
    const wrong = await socket.call('cron.add', { ...base, name: 'wrong', delivery: to })
    t.match(await ended(quiet.id), [{ status: 'ok', deliveryStatus: 'not-delivered' }])
    t.match(await ended(wrong.id), [{ status: 'error', deliveryStatus: 'not-delivered', deliveryError: String }])
  },
)

t.test('where nobody can be written to, the main session hears that a job was turned off', async (t) => {
  const { socket, ended } = await stage(t, { script: { status: 401 } })
  const every = { kind: 'every', everyMs: 1_500 }
  const job = await socket.call('cron.add', {
    name: 'locked',
    schedule: every,
    payload: turn,
    delivery: { mode: 'none' },
  })
  t.match(await ended(job.id), [{ status: 'error', errorReason: 'auth' }])
  t.match(await socket.call('cron.get', { id: job.id }), { enabled: false, state: { lastErrorReason: 'auth' } })
  t.match(JSON.stringify(await socket.call('status', {})), /The job \\"locked\\" failed.*It was turned off/)
})

t.test('sessions of single runs go after a while, their runs stay in the log', async (t) => {
  const { socket, ended } = await stage(t, { more: { cron: { sessionRetention: '1s' } } })
  const every = { kind: 'every', everyMs: 3_600_000 }
  const job = await socket.call('cron.add', {
    name: 'often',
    schedule: every,
    payload: turn,
    delivery: { mode: 'none' },
  })
  await socket.call('cron.run', { id: job.id })
  const [first] = await ended(job.id)
  t.match(first, { model: 'upstream/one', usage: { total_tokens: Number } })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await socket.call('cron.run', { id: job.id })
  const [second] = await ended(job.id, 2)
  const keys = async (): Promise<string[]> =>
    (await socket.call('sessions.list', {})).sessions.map(({ key }: Body) => key)
  await until(async () => !(await keys()).includes(first?.sessionKey))
  t.ok((await keys()).includes(second?.sessionKey))
  t.equal((await ended(job.id, 2)).length, 2)
})

t.test('the next start knows its jobs, and takes up the one that was due', async (t) => {
  const { socket, gateway, start } = await stage(t)
  const every = { kind: 'every', everyMs: 700 }
  const job = await socket.call('cron.add', {
    name: 'often',
    schedule: every,
    payload: turn,
    delivery: { mode: 'none' },
  })
  await gateway.close()
  await new Promise((resolve) => setTimeout(resolve, 800))
  const again = await start()
  const second = await connected(t, again.url.replace('http', 'ws'))
  await until(async () => (await second.call('cron.runs', { jobId: job.id })).entries.length > 0)
  t.match((await second.call('cron.runs', { jobId: job.id, status: 'ok' })).entries[0], { status: 'ok' })
})

t.test(
  'a reminder that an agent makes arrives in the chat that asked for it; others do not see its jobs',
  async (t) => {
    const script = agentScript(({ user, told }) => {
      if (user.includes('[cron:')) return 'The tea is ready!'
      if (told.length > 0) return `done: ${told[0]}`
      if (user === 'what is planned?') return callOf('cron', { action: 'list' })
      return callOf('cron', { action: 'add', name: 'tea', at: '1s', message: 'say that the tea is ready' })
    })
    const more = { commands: { ownerAllowFrom: ['telegram:42'] }, tools: { alsoAllow: ['cron'] } }
    const { api, socket } = await stage(t, { script, more })
    api.says('remind me')
    await until(async () => (await api.called('sendMessage')).length === 2)
    const [first, second] = await api.called('sendMessage')
    t.match(first, { chat_id: '42', text: /^done: Made the job [0-9a-f-]{36}\. Next: / })
    t.match(second, { chat_id: '42', text: 'The tea is ready!' })
    t.strictSame((await socket.call('cron.list', { includeDisabled: true })).jobs, [], 'due once, it is gone')
    api.says('what is planned?')
    await until(async () => (await api.called('sendMessage')).length === 3)
    t.match((await api.called('sendMessage'))[2], { text: 'done: There are no jobs.' })
  },
)
