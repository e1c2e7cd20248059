import t, { type Test } from 'tap'
import type { Host, Inbound } from '../../../src/channels/port.js'
import { TelegramApi } from '../../../src/channels/telegram/api.js'
import { TelegramConnection } from '../../../src/channels/telegram/connection.js'
import type { Clock } from '../../../src/kernel/clock.js'
import { until } from '../../helper/calls.js'
import { connected } from '../../helper/socket.js'
import { type Body, TelegramServer } from './server.js'
import { asked, stage } from './stage.js'

/** Time whose hours can pass in a second. */
class HastyClock implements Clock {
  #rate = 1
  #since = performance.now()
  #passed = 0

  /** From now on, `rate` seconds pass in one. */
  run(rate: number): void {
    this.#passed = this.monotonic()
    this.#since = performance.now()
    this.#rate = rate
  }

  now(): number {
    return 1_790_000_000_000 + this.monotonic()
  }

  monotonic(): number {
    return this.#passed + (performance.now() - this.#since) * this.#rate
  }

  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms / this.#rate)
    timer.unref()
    return () => clearTimeout(timer)
  }
}

const hourMs = 3_600_000

async function lasting(t: Test, server?: TelegramServer) {
  const clock = new HastyClock()
  const staged = await stage(t, { clock, ...(server && { server }) })
  const socket = await connected(t, staged.gateway.url.replace('http', 'ws'))
  const state = async (): Promise<Body> => (await socket.call('channels.status', {})).channelAccounts.telegram[0]
  await until(async () => (await state()).connected === true)
  /** What is done after it still happens in haste: waits are long by then. */
  const anHour = async (then: () => Promise<void>) => {
    const end = clock.monotonic() + hourMs
    clock.run(2_000)
    await until(() => clock.monotonic() >= end)
    await then()
    clock.run(1)
  }
  const alive = async () => (await fetch(`${staged.gateway.url}/healthz`)).ok
  return { ...staged, state, anHour, alive }
}

t.test('409 for an hour: it waits, asks seldom, and goes on', async (t) => {
  const { api, state, anHour, alive, upstream } = await lasting(t)
  const conflict = { error_code: 409, description: 'Conflict: terminated by other getUpdates request' }
  api.fails('getUpdates', ...Array.from({ length: 5_000 }, () => conflict))
  api.says('is anybody there?')
  const before = api.attempts('getUpdates')
  await anHour(async () => {
    const tries = api.attempts('getUpdates') - before
    t.ok(tries >= 10 && tries <= 150, `${tries} tries in an hour`)
    t.match(await state(), { running: true, lastError: /getUpdates: 409 Conflict/ })
    t.ok(await alive())
    api.clear('getUpdates')
    await until(async () => (await state()).connected === true)
  })
  api.says('and now?')
  await until(() => asked(upstream.requests).join(' ').includes('and now?'))
  t.match(JSON.stringify(upstream.requests.map(({ body }) => body)), /is anybody there\?/)
})

t.test('a token that is revoked while it polls: the account stops and asks no more', async (t) => {
  const { api, state, anHour, alive } = await lasting(t)
  api.revoked = true
  api.says('poke')
  await until(async () => (await state()).running === false)
  t.match((await state()).lastError, /getUpdates: 401 Unauthorized/)
  const before = api.refused
  await anHour(async () => {
    t.equal(api.refused, before)
    t.ok(await alive())
  })
})

t.test('no network for an hour: it comes back by itself', async (t) => {
  const { api, state, anHour, alive, upstream } = await lasting(t)
  await api.stop()
  await anHour(async () => {
    t.match(await state(), { running: true, connected: false })
    t.ok(await alive())
    await api.start(t, Number(new URL(api.root).port))
    await until(async () => (await state()).connected === true)
  })
  api.says('back again')
  await until(() => asked(upstream.requests).join(' ').includes('back again'))
})

t.test('a backlog of 10,000 updates: in order, a batch at a time, each once', async (t) => {
  const { api, upstream, gateway } = await stage(t, {
    script: 'ok',
    more: { messages: { queue: { mode: 'collect', cap: 20, drop: 'old', debounceMs: 0 } } },
  })
  await api.called('setMyCommands')
  const group = { chat: { id: -100, type: 'supergroup', title: 'G' } }
  for (let number = 1; number <= 10_000; number += 1) api.queue(`line ${number}`, number % 1_000 === 0 ? {} : group)
  api.says('the last one')
  await until(() => asked(upstream.requests).join(' ').includes('the last one'), 120_000)
  await until(() => api.waiting.length === 0)
  const seen = asked(upstream.requests).join(' ')
  const order = [...seen.matchAll(/line (\d+)/g)].map(([, number]) => Number(number))
  t.strictSame(
    order,
    [...order].sort((a, b) => a - b),
  )
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
})

t.test('an update each millisecond for a minute: no more than a batch is held, and the order kept', async (t) => {
  const count = 60_000
  const server = await new TelegramServer().start(t)
  for (let number = 1; number <= count; number += 1) server.queue(String(number))
  let inHand = 0
  let most = 0
  let last = 0
  let ordered = true
  const memory = new Map<string, string>()
  const host = {
    alive() {},
    menu: () => [],
    memory: {
      get: async (key: string) => memory.get(key),
      set: async (key: string, value: string) => memory.set(key, value),
    },
    async receive({ text }: Inbound) {
      inHand += 1
      most = Math.max(most, inHand)
      await Promise.resolve()
      ordered &&= Number(text) === last + 1
      last = Number(text)
      inHand -= 1
    },
  } as unknown as Host
  const api = await TelegramApi.open(server.token, server.root)
  const connection = new TelegramConnection({
    api,
    host,
    files: '',
    linkPreview: true,
    webhook: undefined,
    menu: { custom: [], native: true },
  })
  const stop = new AbortController()
  const run = connection.run(stop.signal)
  await until(() => last === count, 60_000)
  await until(() => server.waiting.length === 0)
  t.ok(ordered)
  t.ok(most <= 100)
  t.ok(server.mostGiven <= 100, 'what is not taken yet stays with Telegram')
  t.match(JSON.parse(memory.get('offset') ?? '{}'), { last: count })
  stop.abort()
  await run
})
