import t from 'tap'
import type { WhoisAnswer } from '../../../src/auth/tailscale/whois.js'
import { WhoisCache } from '../../../src/auth/tailscale/whois-cache.js'
import { fakeClock } from '../_support.js'

const never = new AbortController().signal

/** A cache over a whois that answers when it is told to. */
function setUp() {
  const clock = fakeClock()
  const closing = new AbortController()
  const asked: { ip: string; signal: AbortSignal; answer: (answer: WhoisAnswer) => void }[] = []
  const whois = (ip: string, signal: AbortSignal) =>
    new Promise<WhoisAnswer>((answer) => asked.push({ ip, signal, answer }))
  return { clock, closing, asked, cache: new WhoisCache({ whois, clock, closing: closing.signal }) }
}

const user = (login: string): WhoisAnswer => ({ kind: 'user', login })
const failed: WhoisAnswer = { kind: 'failed', problem: 'x' }

t.test('an answer holds for a minute, a failure for five seconds', async (t) => {
  for (const [answer, holds] of [
    [user('a'), 60_000],
    [{ kind: 'tagged' }, 60_000],
    [failed, 5_000],
  ] as const) {
    const { clock, asked, cache } = setUp()
    const first = cache.lookup('100.64.0.1', never)
    asked[0]?.answer(answer)
    t.same(await first, answer)
    clock.advance(holds - 1)
    t.same(await cache.lookup('100.64.0.1', never), answer)
    t.equal(asked.length, 1)
    clock.advance(1)
    const again = cache.lookup('100.64.0.1', never)
    t.equal(asked.length, 2)
    asked[1]?.answer(user('b'))
    t.same(await again, user('b'), 'the new answer counts')
  }
})

t.test('who asks for the same address at once shares one question; addresses do not mix', async (t) => {
  const { asked, cache } = setUp()
  const same = Array.from({ length: 100 }, () => cache.lookup('100.64.0.1', never))
  const other = cache.lookup('100.64.0.2', never)
  t.strictSame(
    asked.map(({ ip }) => ip),
    ['100.64.0.1', '100.64.0.2'],
  )
  asked[1]?.answer(user('b'))
  asked[0]?.answer(user('a'))
  t.ok((await Promise.all(same)).every((answer) => answer.kind === 'user' && answer.login === 'a'))
  t.same(await other, user('b'))
})

t.test('four at once, the rest waits, too many are refused and may come again', async (t) => {
  const { asked, cache } = setUp()
  const all = Array.from({ length: 4 + 256 + 1 }, (_, i) => cache.lookup(`100.64.1.${i}`, never))
  t.equal(asked.length, 4)
  t.match(await all.at(-1), { kind: 'failed', problem: /too many/ })
  for (let i = 0; i < 260; i++) {
    asked[i]?.answer(user('a'))
    await new Promise(setImmediate)
    t.ok(asked.length <= i + 5)
  }
  await Promise.all(all)
  const late = cache.lookup('100.64.1.260', never)
  t.equal(asked.length, 261, 'the refusal was not remembered')
  asked[260]?.answer(user('z'))
  t.same(await late, user('z'))
})

t.test('a signal ends the wait of one, not the question of the others', async (t) => {
  const { asked, cache } = setUp()
  const stop = new AbortController()
  const leaving = cache.lookup('100.64.0.1', stop.signal)
  const staying = cache.lookup('100.64.0.1', never)
  stop.abort()
  t.match(await leaving, { kind: 'failed' })
  t.equal(asked[0]?.signal.aborted, false)
  t.match(await cache.lookup('100.64.0.1', stop.signal), { kind: 'failed' }, 'who has left already gets nothing')
  asked[0]?.answer(user('a'))
  t.same(await staying, user('a'))
})

t.test('the questions end with their owner', async (t) => {
  const { asked, closing, cache } = setUp()
  const answer = cache.lookup('100.64.0.1', never)
  closing.abort()
  t.equal(asked[0]?.signal.aborted, true)
  asked[0]?.answer(failed)
  t.same(await answer, failed)
})

t.test('a thousand answers are kept, the oldest go first', async (t) => {
  const { asked, cache } = setUp()
  const fill = async (ip: string) => {
    const before = asked.length
    const answer = cache.lookup(ip, never)
    asked[before]?.answer(user('a'))
    await answer
    return asked.length > before
  }
  for (let i = 0; i < 1_001; i++) await fill(`fd7a::${i}`)
  t.equal(await fill('fd7a::1000'), false)
  t.equal(await fill('fd7a::1'), false)
  t.equal(await fill('fd7a::0'), true, 'the first was forgotten')
})
