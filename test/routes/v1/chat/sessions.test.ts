import t from 'tap'
import { activeTurns, postChat, until } from '../../../helper/calls.js'
import { testConfig, upstreamConfig } from '../../../helper/gateway.js'
import { startGateway } from '../../../helper/running.js'
import { startUpstream } from '../../../helper/upstream.js'

const say = (content: string) => ({ messages: [{ role: 'user', content }] })

async function withUpstream(t: import('tap').Test) {
  // Answers when it is told to.
  const gate: { open: () => void } = { open: () => {} }
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve
  })
  const upstream = await startUpstream(t, async () => {
    await opened
    return 'done'
  })
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  return { upstream, gateway, gate }
}

t.test('32 sessions run side by side', async (t) => {
  const { upstream, gateway, gate } = await withUpstream(t)
  const answers = Array.from({ length: 32 }, (_, n) => postChat(gateway, { user: `user-${n}` }))
  await until(() => upstream.active === 32)
  gate.open()
  for (const answer of answers) t.equal((await answer).status, 200)
})

t.test('one session runs in order, 16 wait, and one more is told to come back', async (t) => {
  const { upstream, gateway, gate } = await withUpstream(t)
  const answers: Promise<Response>[] = []
  for (let n = 0; n < 17; n += 1) {
    answers.push(postChat(gateway, { user: 'me', ...say(`turn ${n}`) }))
    await until(async () => (await activeTurns(gateway)) === n + 1)
  }
  t.equal(upstream.active, 1)
  for (const stream of [true, false]) {
    const refused = await postChat(gateway, { user: 'me', stream })
    t.equal(refused.status, 429)
    t.equal(refused.headers.get('retry-after'), '2')
    t.equal(refused.headers.get('x-should-retry'), null, 'it never began')
    t.match(await refused.json(), { error: { code: 'session_busy', type: 'rate_limit_error', param: null } })
  }
  t.equal((await postChat(gateway, { user: 'me', n: 2 })).status, 400, 'a session has one answer')
  gate.open()
  for (const answer of answers) t.equal((await answer).status, 200)
  const asked = upstream.requests.map(({ body }) => (body.messages as { content: string }[]).at(-1)?.content)
  t.strictSame(
    asked,
    Array.from({ length: 17 }, (_, n) => `turn ${n}`),
  )
})

t.test('who leaves while waiting gives its place back and is never asked', async (t) => {
  const { upstream, gateway, gate } = await withUpstream(t)
  const first = postChat(gateway, { user: 'me', ...say('first') })
  await until(() => upstream.active === 1)
  const leaving = new AbortController()
  const second = postChat(gateway, { user: 'me', stream: true, ...say('second') }, { signal: leaving.signal })
  second.catch(() => {})
  await until(async () => (await activeTurns(gateway)) === 2)
  leaving.abort()
  await t.rejects(second)
  await until(async () => (await activeTurns(gateway)) === 1)
  gate.open()
  t.equal((await first).status, 200)
  t.equal((await postChat(gateway, { user: 'me', ...say('third') })).status, 200)
  t.notMatch(JSON.stringify(upstream.requests.map(({ body }) => body)), /second/)
})
