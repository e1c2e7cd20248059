import t, { type Test } from 'tap'
import { ReconnectingClient } from '../../../src/client/socket/reconnecting.js'
import { ManualClock } from '../../helper/clock.js'
import { failsWith, open, recorder, type Scripted, scripted } from '../scripted.js'

/** A client of this server whose waits the test decides; `random` in the middle takes the jitter away. */
function clientOf(t: Test, { url }: Scripted, clock = new ManualClock()) {
  const client = new ReconnectingClient({
    display: 'the gateway',
    open: (listener, signal) => open(t, url, { listener, signal, clock }),
    clock,
    random: () => 0.5,
  })
  t.teardown(() => client.close())
  const { heard, until, ...listener } = recorder()
  const log: unknown[] = heard
  const note = (what: unknown) => listener.event?.({ type: 'event', event: 'note', payload: what, seq: undefined })
  client.events.on('connected', () => note('connected'))
  client.events.on('disconnected', ({ error, retryInMs }) => note({ retryInMs, message: String(error) }))
  client.events.on('stopped', (error) => note({ stopped: error }))
  client.events.on('gap', (gap) => note({ gap }))
  client.events.on('event', (event) => note({ event: event.event }))
  const notes = async (count: number) => {
    await until(count)
    return log.map((entry) => (entry as { payload: unknown }).payload)
  }
  return { client, clock, notes }
}

t.test('it comes back, says that it missed something, and goes on', async (t) => {
  const server = await scripted(t)
  const { client, clock, notes } = clientOf(t, server)
  client.start()
  const first = await server.session()
  await notes(1)
  first.event('tick', {}, 7)
  await notes(3)
  first.ws.close(1012, 'service restart')
  await clock.pass(1_000)
  const second = await server.session()
  second.event('tick', {}, 1)
  t.match(await notes(7), [
    'connected',
    { gap: { reason: 'missed', count: 6 } },
    { event: 'tick' },
    { retryInMs: 1_000, message: /1012 service restart/ },
    'connected',
    { gap: { reason: 'reconnected', count: undefined } },
    { event: 'tick' },
  ])
  const call = client.call('a')
  const { id } = await second.request()
  second.answer(id, 'answer')
  t.equal(await call, 'answer')
})

t.test('waits grow to half a minute, and begin anew after a connection that lasted', async (t) => {
  const refuse = { error: { code: 'UNAVAILABLE', message: 'later', retryable: true } }
  const server = await scripted(t, { admit: (attempt) => (attempt < 7 ? refuse : undefined) })
  const { client, clock, notes } = clientOf(t, server)
  client.start()
  for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) await clock.pass(wait)
  const session = await server.session()
  await notes(8)
  session.ws.close(1001)
  await clock.pass(30_000)
  const steady = await server.session()
  await notes(11)
  clock.advance(5_000)
  steady.ws.close(1001)
  await clock.pass(1_000)
  await server.session()
  t.equal(server.attempts.length, 10)
})

t.test('a gateway that names a time is believed', async (t) => {
  const refuse = (retryAfterMs: number) => ({
    error: { code: 'UNAVAILABLE', message: 'gateway starting', retryable: true, retryAfterMs },
    close: 1013,
  })
  const server = await scripted(t, { admit: (attempt) => [refuse(500), refuse(3), refuse(900_000)][attempt] })
  const { client, clock } = clientOf(t, server)
  client.start()
  for (const wait of [500, 100, 60_000]) await clock.pass(wait)
  await server.session()
  t.equal(server.attempts.length, 4)
})

t.test('calls wait for the connection; one that was sent and lost is not sent again', async (t) => {
  const server = await scripted(t)
  const { client, clock } = clientOf(t, server)
  const early = client.call('early')
  client.start()
  const first = await server.session()
  const request = await first.request()
  t.equal(request.method, 'early')
  first.ws.terminate()
  await t.rejects(early, failsWith('closed'))
  const waiting = client.call('between')
  await clock.pass(1_000)
  const second = await server.session()
  const { id, method } = await second.request()
  t.equal(method, 'between')
  second.answer(id, 1)
  t.equal(await waiting, 1)
})

t.test('a call that waits too long, is given up, or is one too many', async (t) => {
  const server = await scripted(t)
  const { client, clock } = clientOf(t, server)
  const late = client.call('a', {}, { timeoutMs: 50 })
  const stop = new AbortController()
  const many = Array.from({ length: 255 }, () => client.call('a', {}, { signal: stop.signal }))
  await new Promise(setImmediate)
  await t.rejects(client.call('a'), { code: 'server_busy' })
  stop.abort(new Error('enough'))
  const [first] = await Promise.allSettled(many)
  t.match(first, { status: 'rejected', reason: { message: 'enough' } })
  clock.advance(50)
  await t.rejects(late, { code: 'gateway_unreachable' })
})

t.test('close ends everything, also while it waits for the next attempt', async (t) => {
  const server = await scripted(t)
  const { client, clock, notes } = clientOf(t, server)
  client.start()
  const session = await server.session()
  const call = client.call('a')
  await session.request()
  client.close()
  client.close()
  await t.rejects(call, failsWith('closed'))
  await t.rejects(client.call('b'), { code: 'run_aborted' })

  const other = clientOf(t, server)
  other.client.start()
  const lost = await server.session()
  await other.notes(1)
  lost.ws.terminate()
  await other.notes(2)
  const waiting = other.client.call('a')
  other.client.close()
  await t.rejects(waiting, { code: 'run_aborted' })
  other.clock.advance(100_000)
  clock.advance(100_000)
  await new Promise(setImmediate)
  t.equal(server.attempts.length, 2)
  t.equal((await notes(1)).length, 1)
})

const auth = (code: string, more: object = {}) => ({
  code: 'INVALID_REQUEST',
  message: code,
  details: { code, ...more },
})

/** spec/protocol.md 2.7: what a person has to settle, and what settles itself. */
const final: [string, object][] = [
  ...[
    'AUTH_TOKEN_MISMATCH',
    'AUTH_TOKEN_MISSING',
    'AUTH_TOKEN_NOT_CONFIGURED',
    'AUTH_PASSWORD_MISMATCH',
    'AUTH_PASSWORD_MISSING',
    'AUTH_PASSWORD_NOT_CONFIGURED',
    'AUTH_DEVICE_TOKEN_MISMATCH',
    'AUTH_SCOPE_MISMATCH',
    'AUTH_BOOTSTRAP_TOKEN_INVALID',
    'DEVICE_IDENTITY_REQUIRED',
    'CONTROL_UI_DEVICE_IDENTITY_REQUIRED',
    'CONTROL_UI_ORIGIN_NOT_ALLOWED',
    'DEVICE_AUTH_DEVICE_ID_MISMATCH',
    'DEVICE_AUTH_SIGNATURE_EXPIRED',
    'DEVICE_AUTH_NONCE_REQUIRED',
    'DEVICE_AUTH_NONCE_MISMATCH',
    'DEVICE_AUTH_SIGNATURE_INVALID',
    'DEVICE_AUTH_PUBLIC_KEY_INVALID',
    'PROTOCOL_MISMATCH',
    'CLIENT_VERSION_MISMATCH',
    'PAIRING_REQUIRED',
  ].map((code): [string, object] => [code, auth(code)]),
  ['a lockout, though it ends some day', { ...auth('AUTH_RATE_LIMITED'), retryable: true, retryAfterMs: 9 }],
  ['params that are wrong', { code: 'INVALID_REQUEST', message: 'invalid connect params' }],
  ['a pairing that pauses clients', auth('PAIRING_REQUIRED', { retryable: true, pauseReconnect: true })],
]

for (const [name, error] of final) {
  t.test(`stops: ${name}`, async (t) => {
    const server = await scripted(t, { admit: () => ({ error }) })
    const { client, notes } = clientOf(t, server)
    client.start()
    t.match(await notes(1), [{ stopped: { code: 'gateway_unreachable', details: { handshake: error } } }])
    await t.rejects(client.call('a'), { code: 'gateway_unreachable' })
    t.equal(server.attempts.length, 1)
  })
}

const passing: [string, object, number?][] = [
  ['a pairing that waits', auth('PAIRING_REQUIRED', { recommendedNextStep: 'wait_then_retry' })],
  ['a pairing that is retryable', auth('PAIRING_REQUIRED', { retryable: true, pauseReconnect: false })],
  ['a gateway that restarts', { code: 'UNAVAILABLE', message: 'restart', retryable: true }, 1013],
]

for (const [name, error, close] of passing) {
  t.test(`tries again: ${name}`, async (t) => {
    const server = await scripted(t, {
      admit: (attempt) => (attempt === 0 ? { error, ...(close && { close }) } : undefined),
    })
    const { client, clock } = clientOf(t, server)
    client.start()
    await clock.pass(1_000)
    await server.session()
    t.equal(server.attempts.length, 2)
  })
}

t.test('a hang-up before hello, 1000 without a word, is tried again', async (t) => {
  const server = await scripted(t, { admit: (attempt) => (attempt === 0 ? { close: 1000 } : undefined) })
  const { client, clock } = clientOf(t, server)
  client.start()
  await clock.pass(1_000)
  await server.session()
  t.equal(server.attempts.length, 2)
})

t.test('clients that lost the same gateway do not come back in the same moment', async (t) => {
  const { backoffMs } = await import('../../../src/client/socket/backoff.js')
  t.strictSame(
    [0, 0.5, 1].map((random) => backoffMs(0, () => random)),
    [750, 1_000, 1_250],
  )
  t.equal(
    backoffMs(20, () => 1),
    30_000,
  )
})
