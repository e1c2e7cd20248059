import t from 'tap'
import { Limiter } from '../../src/auth/limiter.js'
import { defaultRateLimit } from '../../src/auth/settings.js'
import { fakeClock } from './_support.js'

const limit = { ...defaultRateLimit, maxAttempts: 3, windowMs: 1_000, lockoutMs: 5_000 }
const ip = '203.0.113.9'

function setUp(maxEntries?: number) {
  const clock = fakeClock()
  const limiter = new Limiter(clock, maxEntries)
  const fail = (client = ip, rules = limit) => limiter.fail('shared-secret', client, rules)
  return { clock, limiter, fail }
}

t.test('on by default, loopback included: the eleventh wrong secret in a minute is locked', async (t) => {
  const { fail } = setUp()
  const answers = Array.from({ length: 12 }, () => fail('127.0.0.1', defaultRateLimit))
  t.same(answers, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300_000, 300_000])
})

t.test('the lock ends on its own and is not prolonged', async (t) => {
  const { clock, fail } = setUp()
  for (let i = 0; i < 3; i++) t.equal(fail(), 0)
  t.equal(fail(), 5_000)
  clock.advance(4_000)
  t.equal(fail(), 1_000)
  clock.advance(1_000)
  t.equal(fail(), 0, 'a fresh window')
  t.equal(fail(), 0)
})

t.test('the window slides', async (t) => {
  const { clock, fail } = setUp()
  fail()
  clock.advance(600)
  fail()
  clock.advance(600)
  t.equal(fail(), 0, 'the first failure is out of the window')
  t.equal(fail(), 0, 'third inside the window')
  t.equal(fail(), 5_000)
})

t.test('spellings and neighbours share a budget, others do not', async (t) => {
  const { limiter, fail } = setUp()
  fail('127.0.0.1')
  fail('::1')
  fail('127.0.0.2')
  t.equal(fail('127.0.0.1'), 5_000, 'loopback is one client')
  fail('2001:db8::1')
  fail('2001:db8::2')
  fail('2001:db8::ffff:3')
  t.equal(fail('2001:db8::4'), 5_000, 'a /64 is one client')
  t.equal(fail('2001:db8:0:1::4'), 0)
  t.equal(fail('203.0.113.10'), 0)
  t.equal(limiter.fail('device-token', '127.0.0.1', limit), 0, 'another kind of credential')
})

t.test('the right secret clears the count and the lock', async (t) => {
  const { limiter, fail } = setUp()
  for (let i = 0; i < 4; i++) fail()
  limiter.succeed('device-token', ip)
  t.equal(fail(), 5_000, 'of another kind: no')
  limiter.succeed('shared-secret', ip)
  t.equal(fail(), 0)
  t.equal(limiter.size, 1)
})

t.test('exemptLoopback only when asked for, and only loopback', async (t) => {
  const { limiter, fail } = setUp()
  const exempt = { ...limit, exemptLoopback: true }
  for (let i = 0; i < 20; i++) t.equal(fail('::1', exempt), 0)
  t.equal(limiter.size, 0)
  for (let i = 0; i < 3; i++) fail(ip, exempt)
  t.equal(fail(ip, exempt), 5_000)
})

t.test('a changed limit applies to the history', async (t) => {
  const { fail } = setUp()
  fail()
  fail()
  t.equal(fail(ip, { ...limit, maxAttempts: 2 }), 0, 'reaches the new limit')
  t.equal(fail(ip, { ...limit, maxAttempts: 2 }), 5_000)
})

t.test('the table is bounded; a full one locks wrong secrets of unknown clients', async (t) => {
  const { clock, limiter, fail } = setUp(100)
  for (let i = 0; i < 5_000; i++) fail(`10.0.${i >> 8}.${i & 255}`)
  t.equal(limiter.size, 100)
  t.equal(fail('198.51.100.1'), limit.windowMs)
  t.equal(fail('10.0.0.1'), 0, 'known clients go on being counted')
  clock.advance(limit.windowMs + 1)
  t.equal(fail('198.51.100.1'), 0, 'old entries make room')
  t.equal(limiter.size, 1)
})

t.test('a sweep keeps those who are locked', async (t) => {
  const { clock, limiter, fail } = setUp(2)
  for (let i = 0; i < 3; i++) fail('10.0.0.1')
  fail('10.0.0.2')
  clock.advance(limit.windowMs + 1)
  t.equal(fail('10.0.0.3'), 0)
  t.equal(limiter.size, 2)
  t.ok(fail('10.0.0.1') > 0, 'still locked')
})
