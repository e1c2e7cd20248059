import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { resultOf } from '../../helper/rpc.js'

const dayMs = 86_400_000
const cost = { input: 10, output: 20, cacheRead: 1 }
const config = {
  models: { providers: { p: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'priced', cost }, { id: 'free' }] } } },
  agents: { entries: { main: {}, work: {} } },
}

/** A turn that has ended. */
async function turn(
  app: FastifyInstance,
  id: string,
  at: number,
  more: { agent?: string; model?: string; cost?: number },
) {
  const { agent = 'main', model = 'p/priced', cost: spent } = more
  const sessionKey = `agent:${agent}:x`
  const { runs } = app.runtime.store
  const entry = { sessionKey, agent, runId: id, at, bodies: [] }
  await runs.start({ id, sessionKey, agent, origin: 'ws', model, at }, entry)
  const usage = { input: 1000, output: 100, cacheRead: 400, reasoning: 0, estimated: false }
  await runs.end({ id, status: 'ok', at, usage, cost: spent })
}

t.test('usage.cost sums by day and divides by the prices of now', async (t) => {
  const app = await build(t, testConfig(config))
  const now = app.runtime.clock.now()
  await turn(app, 'a', now, { cost: 0.0084 })
  await turn(app, 'b', now, { agent: 'work', model: 'p/free' })
  await turn(app, 'c', now - 3 * dayMs, { cost: 0.0084 })
  await turn(app, 'd', now - 40 * dayMs, { cost: 5 })
  const all = await resultOf(app, 'usage.cost')
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  t.equal(all.days, 30)
  t.same(
    all.daily.map((one: { date: string }) => one.date),
    [date(now - 3 * dayMs), date(now)],
  )
  t.match(all.daily[1], {
    input: 1200,
    output: 200,
    cacheRead: 800,
    cacheWrite: 0,
    totalTokens: 2200,
    missingCostEntries: 1,
  })
  const { totals } = all
  t.equal(totals.totalCost.toFixed(4), '0.0168')
  t.equal((totals.inputCost + totals.outputCost + totals.cacheReadCost).toFixed(4), '0.0168')
  t.equal(totals.inputCost.toFixed(4), '0.0120')
  t.equal(totals.cacheReadCost.toFixed(4), '0.0008')

  const totalOf = async (params: object) => (await resultOf(app, 'usage.cost', params)).totals.totalTokens
  t.equal(await totalOf({ days: 2 }), 2200)
  t.equal(await totalOf({ days: 60 }), 4400)
  t.equal(await totalOf({ agentId: 'work' }), 1100)
  t.equal(await totalOf({ startDate: date(now - 50 * dayMs), endDate: date(now - 30 * dayMs) }), 1100)
  t.equal(await totalOf({ startDate: date(now), endDate: date(now - dayMs) }), 0)
})

t.test('usage.status', async (t) => {
  t.match(await resultOf(await build(t), 'usage.status'), { updatedAt: Number, providers: [] })
})
