import t from 'tap'
import { longTalk } from '../../helper/long-talk.js'
import { connected } from '../../helper/socket.js'
import type { Body } from '../../helper/upstream-wire.js'

const cost = { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 2 }

t.test('a turn of several calls: tokens and cost of all of them, the context of the last', async (t) => {
  const call = { id: 'call_1', name: 'read', arguments: JSON.stringify({ path: 'none.txt' }) }
  const talk = await longTalk(t, {
    window: 100_000,
    model: { cost },
    answer: ({ body }) =>
      (body.messages as Body[]).some(({ role }) => role === 'tool')
        ? { text: 'done', usage: { input: 3_000, output: 20 } }
        : { toolCalls: [call], usage: { input: 2_000, output: 10 } },
  })
  const socket = await connected(t, talk.gateway.url.replace('http', 'ws'))
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-1' })
  await socket.event('chat', ({ state }) => state === 'final')
  const { sessions } = await socket.call('sessions.list', {})
  t.match(sessions[0], { inputTokens: 5_000, outputTokens: 30, totalTokens: 3_020 })
  t.equal(sessions[0].estimatedCostUsd.toFixed(6), ((5_000 * 1 + 30 * 10) / 1e6).toFixed(6))
  const { totals } = await socket.call('usage.cost', {})
  t.match(totals, { input: 5_000, output: 30, totalTokens: 5_030, missingCostEntries: 0 })
  t.equal(totals.totalCost.toFixed(6), '0.005300')
  const history = await socket.call('chat.history', { sessionKey: 'main' })
  const spent = history.messages.flatMap(({ usage }: Body) => (usage ? [usage.totalTokens] : []))
  t.strictSame(spent, [2_010, 3_020], 'each answer has its own')
})
