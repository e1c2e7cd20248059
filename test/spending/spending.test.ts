import t, { type Test } from 'tap'
import { openRuntime } from '../../src/runtime.js'
import { dayAt } from '../../src/spending/day.js'
import { Spending } from '../../src/spending/spending.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { Body } from '../channels/telegram/server.js'
import { postChat, until } from '../helper/calls.js'
import { WallClock } from '../helper/clock.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, testInstance, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { connected } from '../helper/socket.js'
import { startUpstream } from '../helper/upstream.js'

const hour = 3_600_000
const usage = { input: 80, output: 20, cacheRead: 0, reasoning: 0, estimated: false }
const me = { agent: 'main', origin: 'http', caller: 'api', job: undefined }
const job = { agent: 'ops', origin: 'cron', caller: undefined, job: 'j1' }
const quiet = { info() {}, warn() {}, error() {}, debug() {}, child: () => quiet } as never

t.test('days by the calendar of a zone', async (t) => {
  const cases: readonly [zone: string | undefined, at: string, date: string, endsAt: string][] = [
    ['UTC', '2026-01-01T23:59:59Z', '2026-01-01', '2026-01-02T00:00:00Z'],
    ['UTC', '2026-01-02T00:00:00Z', '2026-01-02', '2026-01-03T00:00:00Z'],
    ['Asia/Shanghai', '2026-01-01T16:00:00Z', '2026-01-02', '2026-01-02T16:00:00Z'],
    ['Asia/Kathmandu', '2026-01-01T18:14:00Z', '2026-01-01', '2026-01-01T18:15:00Z'],
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-24T22:30:00Z', '2026-10-25', '2026-10-25T23:00:00Z'],
    ['America/St_Johns', '2026-01-01T03:00:00Z', '2025-12-31', '2026-01-01T03:30:00Z'],
  ]
  for (const [zone, at, date, endsAt] of cases) {
    t.strictSame(dayAt(Date.parse(at), zone), { date, endsAt: Date.parse(endsAt) }, `${zone} ${at}`)
  }
})

async function purse(t: Test, budgets: Body) {
  const store = await openSqliteStore(`${testFolder(t)}/x.db`)
  t.teardown(() => store.close())
  const clock = new WallClock(Date.parse('2026-03-02T10:00:00Z'))
  const config = () => ({ budgets, agents: { defaults: { userTimezone: 'UTC' } } }) as never
  const open = () => new Spending({ store: store.spending, clock, log: quiet, config })
  return { clock, open, store }
}

const refused = async (spending: Spending, spender: typeof me | typeof job) => {
  try {
    await spending.check(spender)
    return undefined
  } catch (error) {
    return error as { readonly message: string; readonly retryAfterMs: number; readonly details: Body }
  }
}

t.test('each account by itself: the first that is used up refuses, and says which', async (t) => {
  const cases: readonly [budgets: Body, me: string | undefined, job: string | undefined][] = [
    [{}, undefined, undefined],
    [{ total: { tokens: 200 } }, 'budgets.total', 'budgets.total'],
    [{ total: { tokens: 201 } }, undefined, undefined],
    [{ total: { usd: 0.02 } }, 'budgets.total', 'budgets.total'],
    [{ total: { usd: 0.021, tokens: 1_000 } }, undefined, undefined],
    [{ automation: { tokens: 100 } }, undefined, 'budgets.automation'],
    [{ agent: { tokens: 100 } }, 'budgets.agent', 'budgets.agent'],
    [{ agent: { tokens: 100 }, agents: { main: {} } }, undefined, 'budgets.agent'],
    [{ agents: { ops: { usd: 0.01 } } }, undefined, 'budgets.agents["ops"]'],
    [{ caller: { tokens: 100 } }, 'budgets.caller', undefined],
    [{ callers: { api: { tokens: 100 }, constructor: { tokens: 0 } } }, 'budgets.callers["api"]', undefined],
    [{ job: { tokens: 100 } }, undefined, 'budgets.job'],
    [{ jobs: { j1: { tokens: 0 } } }, undefined, 'budgets.jobs["j1"]'],
  ]
  for (const [budgets, mine, jobs] of cases) {
    const { open } = await purse(t, budgets)
    const spending = open()
    spending.add(me, usage, 0.01)
    spending.add(job, usage, 0.01)
    t.equal((await refused(spending, me))?.details.budget, mine, JSON.stringify(budgets))
    t.equal((await refused(spending, job))?.details.budget, jobs, JSON.stringify(budgets))
  }
})

t.test('a restart forgets nothing, the next day begins anew', async (t) => {
  const { open, clock } = await purse(t, { total: { tokens: 100 } })
  const first = open()
  first.add(me, usage, undefined)
  t.match(await refused(first, me), {
    message:
      /budget of the gateway for 2026-03-02 is used up: 100 of 100 tokens\. Raise budgets\.total, or wait until 2026-03-03T00:00:00\.000Z/,
    retryAfterMs: 14 * hour,
  })
  await first.flush()
  const second = open()
  t.match(await refused(second, me), { message: /used up/ })
  clock.advance(14 * hour)
  t.equal(await refused(second, me), undefined)
  t.match(await second.today(), { day: { date: '2026-03-03' }, rows: [] })
  second.add(me, usage, undefined)
  t.match(await second.today(), { rows: [{ calls: 1 }, { calls: 1 }, { calls: 1 }] })
})

t.test('counted within a second, also while the sums of the day are being read', async (t) => {
  const { open, clock, store } = await purse(t, { total: { tokens: 1_000 } })
  await store.spending.add('2026-03-02', [{ kind: 'total', name: '', calls: 5, input: 800, output: 150, usd: 1 }])
  const spending = open()
  const asked = refused(spending, me)
  spending.add(me, usage, 0.5)
  t.match(await asked, { message: /1050 of 1000 tokens/ })
  clock.advance(1_000)
  await spending.flush()
  const [total] = (await store.spending.of('2026-03-02')).filter(({ kind }) => kind === 'total')
  t.strictSame(total, { kind: 'total', name: '', calls: 6, input: 880, output: 170, usd: 1.5 })
})

t.test('more callers than are counted on their own share one account', async (t) => {
  const { open } = await purse(t, {})
  const spending = open()
  for (let n = 0; n < 2_500; n += 1) spending.add({ ...me, caller: `telegram:${n}` }, usage, undefined)
  const { rows } = await spending.today()
  t.ok(rows.length <= 2_003, `${rows.length} accounts`)
  t.ok((rows.find(({ name }) => name === '(others)')?.calls ?? 0) >= 500)
})

t.test('over HTTP: 429 in words, not to be repeated at once; the model is not asked', async (t) => {
  const upstream = await startUpstream(t, {
    text: 'hi',
    usage: { input: 80, output: 20 },
  })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  models.providers.upstream.models[0].cost = { input: 1_000, output: 1_000 }
  const gateway = await startGateway(t, testConfig({ models, agents, budgets: { caller: { usd: 0.15 } } }))
  t.equal((await postChat(gateway)).status, 200)
  t.equal((await postChat(gateway, { user: 'me' })).status, 200)
  const third = await postChat(gateway)
  t.equal(third.status, 429)
  t.equal(third.headers.get('x-should-retry'), 'false')
  t.ok(Number(third.headers.get('retry-after')) > 0)
  t.match(await third.json(), { error: { code: 'budget_exceeded', message: /caller api .*\$0\.20 of \$0\.15/ } })
  t.equal(upstream.requests.length, 2)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const { accounts, date } = await socket.call('usage.spending', {})
  t.match(date, /^\d{4}-\d\d-\d\d$/)
  t.match(
    accounts.find(({ kind }: Body) => kind === 'caller'),
    { name: 'api', calls: 2, inputTokens: 160, outputTokens: 40, usd: 0.2, limit: { usd: 0.15 }, exceeded: true },
  )
})

t.test('a tool loop ends where the budget does', async (t) => {
  const call = {
    toolCalls: [{ id: 'c', name: 'session_status', arguments: '{}' }],
    usage: { input: 100, output: 0 },
  }
  const upstream = await startUpstream(t, call)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const gateway = await startGateway(t, testConfig({ models, agents, budgets: { agent: { tokens: 250 } } }))
  const answer = await postChat(gateway)
  t.equal(answer.status, 429)
  t.equal(upstream.requests.length, 3)
})

t.test('jobs and heartbeats that may spend nothing are skipped, and go on', async (t) => {
  const upstream = await startUpstream(t, 'never')
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const heartbeat = { every: '30m', target: 'none' }
  const config = {
    models,
    agents: { defaults: { ...agents.defaults, heartbeat } },
    budgets: { automation: { tokens: 0 } },
  }
  const clock = new WallClock(Date.parse('2026-03-02T10:00:00Z'))
  const runtime = await openRuntime(await testInstance(t, testConfig(config)), { clock })
  t.teardown(() => runtime.close())
  const { jobs, runner } = await runtime.cron.open()
  const row = await jobs.add({
    job: {
      name: 'x',
      schedule: { kind: 'every', everyMs: hour },
      sessionTarget: 'isolated',
      wakeMode: 'now',
      payload: { kind: 'agentTurn', message: 'x' },
    },
    owner: true,
  })
  await runner.run(row, 'force')
  const runs = () => runtime.store.cron.runs({ limit: 10, offset: 0, jobId: row.id, ascending: false })
  await until(async () => (await runs()).rows[0]?.status === 'skipped')
  t.match((await runs()).rows[0]?.report, { error: /budget of automation/ })
  t.match(await jobs.get(row.id), { enabled: true })
  const once = await jobs.add({
    job: {
      name: 'reminder',
      schedule: { kind: 'at', at: new Date(clock.now() + 60_000).toISOString() },
      sessionTarget: 'isolated',
      wakeMode: 'now',
      payload: { kind: 'agentTurn', message: 'x' },
    },
    owner: true,
  })
  clock.advance(60_000)
  const tried = async () =>
    (await runtime.store.cron.runs({ limit: 1, offset: 0, jobId: once.id, ascending: false })).total
  await until(async () => {
    clock.advance(0)
    return (await tried()) === 1
  })
  t.match(await jobs.get(once.id), { enabled: true, nextAt: Number }, 'what is due once waits for another day')
  clock.advance(10_000)
  await until(async () => (await runtime.store.heartbeats.get('main')) !== undefined)
  clock.advance(hour / 2)
  await until(async () => (await runtime.heartbeats.last())?.reason === 'budget')
  t.equal(upstream.requests.length, 0)
})
