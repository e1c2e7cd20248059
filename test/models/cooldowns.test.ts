import t, { type Test } from 'tap'
import { silentLogger } from '../../src/kernel/logger.js'
import { Cooldowns } from '../../src/models/cooldowns.js'
import type { FailureClass, ModelFailure } from '../../src/models/types.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { HandClock } from '../helper/clock.js'
import { testFolder } from '../helper/folder.js'

const one = { account: 'p:a#1', id: 'one' }
const two = { account: 'p:a#1', id: 'two' }
const failure = (kind: FailureClass, more: Partial<ModelFailure> = {}): ModelFailure => ({
  class: kind,
  message: kind,
  ...more,
})

async function open(t: Test) {
  const path = `${testFolder(t)}/state.sqlite`
  const store = await openSqliteStore(path)
  t.teardown(() => store.close())
  const clock = new HandClock()
  const cooldowns = new Cooldowns(store.models, clock, silentLogger)
  await cooldowns.load()
  const pause = (model = one) => (cooldowns.paused(model)?.until ?? clock.now()) - clock.now()
  return { cooldowns, clock, store, pause }
}

t.test('pauses grow, end with an answer, and are forgotten after a clean day', async (t) => {
  const { cooldowns, clock, pause } = await open(t)
  for (const seconds of [30, 60, 300, 300]) {
    cooldowns.failed(one, failure('rate_limit'))
    cooldowns.failed(one, failure('rate_limit'))
    t.equal(pause(), seconds * 1000, 'failures side by side count once')
    t.equal(pause(two), 0, 'the other model of the account is free')
    clock.advance(seconds * 1000)
    t.equal(pause(), 0)
  }
  cooldowns.failed(one, failure('server'))
  cooldowns.worked(one)
  t.equal(pause(), 0)
  clock.advance(24 * 3_600_000)
  cooldowns.failed(one, failure('server'))
  t.equal(pause(), 30_000)
})

t.test('what is meant, and for how long', async (t) => {
  const cases: [ModelFailure, number, number][] = [
    [failure('auth', { status: 401 }), 30_000, 30_000],
    [failure('auth', { status: 403 }), 30_000, 0],
    [failure('billing'), 600_000, 600_000],
    [failure('rate_limit', { retryAfterMs: 90_000 }), 90_000, 0],
    [failure('rate_limit', { retryAfterMs: 1 }), 30_000, 0],
    [failure('rate_limit', { retryAfterMs: 1e9 }), 3_600_000, 0],
    [failure('timeout'), 30_000, 0],
    [failure('not_found'), 0, 0],
    [failure('overflow'), 0, 0],
    [failure('format'), 0, 0],
    [failure('aborted'), 0, 0],
  ]
  for (const [input, own, other] of cases) {
    const { cooldowns, pause } = await open(t)
    cooldowns.failed(one, input)
    t.same([pause(), pause(two)], [own, other], JSON.stringify(input))
    t.equal(cooldowns.any, own > 0)
  }
})

t.test('kept in the store; what is a day old is dropped', async (t) => {
  const { cooldowns, clock, store } = await open(t)
  cooldowns.failed(one, failure('billing'))
  cooldowns.failed(two, failure('server'))
  const again = new Cooldowns(store.models, clock, silentLogger)
  t.equal(again.paused(one), undefined, 'not before it is read')
  await again.load()
  t.match(again.paused(one), { reason: 'billing', errors: 1 })
  t.match(again.ofAccount('p:a#1'), { reason: 'billing' })
  clock.advance(24 * 3_600_000 + 1)
  const later = new Cooldowns(store.models, clock, silentLogger)
  await later.load()
  t.equal(later.any, false)
  t.same(await store.models.cooldowns(), [])
})

t.test('a store that fails costs nothing but the memory', async (t) => {
  const { store, clock } = await open(t)
  const fail = () => Promise.reject(new Error('no disk'))
  const cooldowns = new Cooldowns({ ...store.models, cooldowns: fail, putCooldown: fail }, clock, silentLogger)
  await cooldowns.load()
  cooldowns.failed(one, failure('server'))
  t.ok(cooldowns.paused(one))
})
