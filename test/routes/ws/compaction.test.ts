import t, { type Test } from 'tap'
import { long, longTalk, saidIn } from '../../helper/long-talk.js'
import { connected } from '../../helper/socket.js'

async function stage(t: Test, options: Parameters<typeof longTalk>[1] = {}) {
  const talk = await longTalk(t, { window: 100_000, ...options })
  const socket = await connected(t, talk.gateway.url.replace('http', 'ws'))
  let sent = 0
  /** One turn of the main session. */
  const say = async (message: string) => {
    const idempotencyKey = `run-${++sent}`
    await socket.call('chat.send', { sessionKey: 'main', message, idempotencyKey })
    await socket.event('chat', ({ state, runId }) => state === 'final' && runId === idempotencyKey)
  }
  const streams = () =>
    socket.frames.filter(({ event, payload }) => event === 'agent' && payload.stream === 'compaction')
  return { ...talk, socket, say, streams }
}

t.test('sessions.compact sums up a session; its row counts it, its history stays', async (t) => {
  const { socket, say, streams, turns } = await stage(t)
  t.match(await socket.call('sessions.compact', { key: 'main' }), { ok: true, compacted: false })
  for (const name of ['one', 'two', 'three', 'four']) await say(long(name, 200))
  const result = await socket.call('sessions.compact', { key: 'main' })
  t.match(result, { ok: true, key: 'agent:main:main', compacted: true })
  t.ok(result.kept > 0 && result.kept < 8)
  const events = streams().map(({ payload }) => payload.data)
  t.match(events, [{ phase: 'start' }, { phase: 'end', completed: true }])
  t.ok(events[1].tokensAfter < events[1].tokensBefore)

  const { sessions } = await socket.call('sessions.list', {})
  t.match(sessions[0], { compactionCount: 1, totalTokens: events[1].tokensAfter })
  const history = await socket.call('chat.history', { sessionKey: 'main' })
  t.equal(history.messages.length, 8, 'people still read all of it')

  await say('five')
  t.match(saidIn(turns().at(-1))[0], /^user: Summary of the conversation so far.*SUMMARY$/s)
  await socket.call('sessions.reset', { key: 'main' })
  await say('six')
  t.strictSame(saidIn(turns().at(-1)), ['user: six'], 'a reset forgets the summary too')
})

t.test('with maxLines the older messages are left out without a model', async (t) => {
  const { socket, say, turns, summaries } = await stage(t)
  for (const name of ['one', 'two', 'three']) await say(name)
  t.match(await socket.call('sessions.compact', { key: 'main', maxLines: 3 }), { compacted: true, kept: 2 })
  t.equal(summaries().length, 0)
  await say('four')
  t.strictSame(saidIn(turns().at(-1)), ['user: three', 'assistant: answer', 'user: four'])
})

t.test('a summary that fails: said so, and nothing is different', async (t) => {
  const { socket, say, turns } = await stage(t, { summary: () => ({ status: 400 }) })
  for (const name of ['one', 'two', 'three']) await say(long(name, 200))
  t.match(await socket.call('sessions.compact', { key: 'main' }), {
    ok: false,
    compacted: false,
    reason: /could not be summed up/,
  })
  await say('four')
  t.equal(saidIn(turns().at(-1)).length, 7)
})
