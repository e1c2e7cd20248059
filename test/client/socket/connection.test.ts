import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { ManualClock } from '../../helper/clock.js'
import { failsWith, open, recorder, scripted } from '../scripted.js'

async function listen(t: Test, server: net.Server): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

t.test('a call and its answer, in any order', async (t) => {
  const server = await scripted(t)
  const connection = await open(t, server.url)
  const session = await server.session()
  const [first, second] = [connection.call('a', { x: 1 }), connection.call('b')]
  const [one, two] = [await session.request(), await session.request()]
  t.match(one, { type: 'req', method: 'a', params: { x: 1 } })
  t.strictSame(Object.keys(two), ['type', 'id', 'method'], 'no params, no key')
  session.answer(two.id, 'second')
  session.answer('unknown', 'nobody waits for it')
  session.answer(one.id, null)
  t.equal(await second, 'second')
  t.equal(await first, null)
})

t.test('a refusal keeps the words and the facts of the gateway', async (t) => {
  const server = await scripted(t)
  const connection = await open(t, server.url)
  const session = await server.session()
  const call = connection.call('a')
  const { id } = await session.request()
  const error = { code: 'FORBIDDEN', message: 'missing scope: x', details: { code: 'MISSING_SCOPE' }, retryAfterMs: 7 }
  session.send({ type: 'res', id, ok: false, error })
  await t.rejects(call, {
    code: 'call_refused',
    message: 'missing scope: x',
    retryAfterMs: 7,
    details: { gateway: { code: 'FORBIDDEN', details: { code: 'MISSING_SCOPE' }, retryAfterMs: 7 } },
  })
})

t.test('two-phase answers', async (t) => {
  const server = await scripted(t)
  const connection = await open(t, server.url)
  const session = await server.session()
  const accepted: unknown[] = []
  const final = connection.call('agent', {}, { expectFinal: true, onAccepted: (payload) => accepted.push(payload) })
  const short = connection.call('agent', {})
  for (const { id } of [await session.request(), await session.request()]) {
    session.answer(id, { status: 'accepted', runId: 'r' })
    session.answer(id, { status: 'ok' })
  }
  t.strictSame(await short, { status: 'accepted', runId: 'r' }, 'without the wish for it the first one counts')
  t.strictSame(await final, { status: 'ok' })
  t.strictSame(accepted, [{ status: 'accepted', runId: 'r' }])
})

t.test('limits of a call: time, signal, size, number', async (t) => {
  const server = await scripted(t)
  const connection = await open(t, server.url)
  const session = await server.session()
  await t.rejects(connection.call('slow', {}, { timeoutMs: 20 }), failsWith('timeout'))
  const { id } = await session.request()
  session.answer(id, 'too late, and nobody minds')
  await t.rejects(connection.call('a', 'x'.repeat(1_000)), { code: 'request_too_large' })
  const stop = new AbortController()
  const calls = Array.from({ length: 256 }, () => connection.call('a', {}, { signal: stop.signal }))
  await t.rejects(connection.call('a'), { code: 'server_busy' })
  stop.abort(new Error('enough'))
  for (const { status } of await Promise.allSettled(calls)) if (status !== 'rejected') t.fail('not aborted')
  await t.rejects(calls[0] ?? Promise.resolve(), { message: 'enough' })
  await t.rejects(connection.call('a', {}, { signal: stop.signal }), { message: 'enough' })
  const after = connection.call('b')
  for (;;) {
    const request = await session.request()
    if (request.method === 'b') session.answer(request.id, 'there is room again')
    if (request.method === 'b') break
  }
  t.equal(await after, 'there is room again')
})

t.test('events and the gaps in their numbers', async (t) => {
  const server = await scripted(t)
  const listener = recorder()
  await open(t, server.url, { listener })
  const session = await server.session()
  session.event('tick', { ts: 1 }, 1)
  session.event('for this client alone', {})
  session.send('not json')
  session.send({ type: 'event', event: 7 })
  session.send({ type: 'something new' })
  session.event('chat', {}, 2)
  session.event('chat', {}, 5)
  session.event('chat', {}, 6)
  t.strictSame(await listener.until(6), [
    { event: 'tick', payload: { ts: 1 }, seq: 1 },
    { event: 'for this client alone', payload: {}, seq: undefined },
    { event: 'chat', payload: {}, seq: 2 },
    { gap: { reason: 'missed', count: 2 } },
    { event: 'chat', payload: {}, seq: 5 },
    { event: 'chat', payload: {}, seq: 6 },
  ])
})

t.test('a silent gateway is left after two ticks; any frame is a sign of life', async (t) => {
  const clock = new ManualClock()
  const server = await scripted(t, { hello: () => ({ policy: { tickIntervalMs: 1_000 } }) })
  const listener = recorder()
  await open(t, server.url, { listener, clock })
  const session = await server.session()
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    session.ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  clock.advance(1_500)
  session.event('tick', {})
  await listener.until(1)
  clock.advance(1_999)
  session.event('tick', {})
  await listener.until(2)
  clock.advance(2_000)
  t.strictSame(await ended, { code: 4000, reason: 'tick timeout' })
  t.match(await listener.until(3), [{}, {}, { closed: { code: 4000 } }])
})

t.test('a gateway that names no policy has that of the protocol', async (t) => {
  const clock = new ManualClock()
  const server = await scripted(t, { hello: () => ({ policy: undefined }) })
  await open(t, server.url, { clock })
  t.strictSame(clock.asked, [60_000])
})

t.test('what waits for an answer hears that the connection is gone', async (t) => {
  const server = await scripted(t)
  const listener = recorder()
  const connection = await open(t, server.url, { listener })
  const session = await server.session()
  const call = connection.call('a')
  await session.request()
  session.ws.close(1012, 'service restart')
  await t.rejects(call, { ...failsWith('closed', { closeCode: 1012 }), message: /closed .*\(1012 service restart\)/ })
  t.strictSame(await listener.until(1), [{ closed: { code: 1012, reason: 'service restart' } }])
  await t.rejects(connection.call('b'), failsWith('closed'))
})

t.test('a peer that does not say goodbye is cut', async (t) => {
  const server = await scripted(t)
  const listener = recorder()
  const connection = await open(t, server.url, { listener })
  const session = await server.session()
  session.ws.pause()
  connection.close()
  t.match(await listener.until(1), [{ closed: { code: 1006 } }])
})

t.test('who is there that is no gateway', async (t) => {
  const hello = await scripted(t, { hello: () => ({ type: 'welcome' }) })
  await t.rejects(open(t, hello.url), { ...failsWith('not_gateway'), message: /no hello-ok/ })
  const challenge = await scripted(t, { first: '{"type":"event","event":"connect.challenge","payload":{}}' })
  await t.rejects(open(t, challenge.url), { ...failsWith('not_gateway'), message: /no challenge/ })
  const page = http.createServer((_request, response) => response.end('<html>'))
  await t.rejects(open(t, await listen(t, page)), { ...failsWith('no_websocket'), message: /HTTP 200/ })
  const proxy = http.createServer().on('upgrade', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  await t.rejects(open(t, await listen(t, proxy)), { ...failsWith('no_websocket'), message: /HTTP 502/ })
  const early = http.createServer().on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\r\n')
  })
  await t.rejects(open(t, await listen(t, early)), { ...failsWith('starting'), retryAfterMs: 2_000 })
  const noise = net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n'))
  await t.rejects(open(t, await listen(t, noise)), failsWith('not_gateway'))
})

t.test('nothing there, and something that says nothing', async (t) => {
  const closed = net.createServer()
  const url = await listen(t, closed)
  closed.close()
  await t.rejects(open(t, url), failsWith('refused'))
  const sockets = new Set<net.Socket>()
  const silent = net.createServer((socket) => sockets.add(socket.on('error', () => {})))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await t.rejects(open(t, await listen(t, silent), { openMs: 30 }), {
    ...failsWith('timeout'),
    message: /within 30 ms/,
  })
  const late = await scripted(t, { first: '' })
  await t.rejects(open(t, late.url, { helloMs: 40 }), { ...failsWith('timeout'), message: /within 40 ms/ })
  const mute = await scripted(t, { first: '"hm"', admit: () => ({ close: 1000 }) })
  await t.rejects(open(t, mute.url, { signal: AbortSignal.abort(new Error('stopped')) }), { message: 'stopped' })
})

const refusals: [string, object, string, RegExp][] = [
  ['AUTH_TOKEN_MISMATCH', {}, 'unauthorized', /did not accept the credential/],
  ['AUTH_TOKEN_MISSING', {}, 'credential_missing', /wants a token or a password/],
  ['AUTH_RATE_LIMITED', { retryAfterMs: 9 }, 'rate_limited', /too many wrong credentials/],
  ['PAIRING_REQUIRED', { details: { requestId: 'r-1' } }, 'pairing_required', /request r-1/],
  ['PROTOCOL_MISMATCH', { details: { expectedProtocol: 9 } }, 'protocol', /protocol \(9\)/],
  ['DEVICE_IDENTITY_REQUIRED', {}, 'handshake', /refused the connection: because/],
]

for (const [code, more, kind, message] of refusals) {
  t.test(`a refused handshake: ${code}`, async (t) => {
    const { details, ...rest } = { details: {}, ...more }
    const error = { code: 'INVALID_REQUEST', message: 'because', details: { code, ...details }, ...rest }
    const server = await scripted(t, { admit: () => ({ error }) })
    await t.rejects(open(t, server.url), {
      ...failsWith(kind, { handshake: { code: 'INVALID_REQUEST', message: 'because', details: { code } } }),
      message,
      ...rest,
    })
  })
}

t.test('a gateway that is starting, and one that hangs up', async (t) => {
  const error = { code: 'UNAVAILABLE', message: 'gateway starting', retryable: true, retryAfterMs: 500 }
  const starting = await scripted(t, { admit: () => ({ error, close: 1013 }) })
  await t.rejects(open(t, starting.url), { ...failsWith('starting'), retryAfterMs: 500 })
  const rude = await scripted(t, { admit: () => ({ close: 1008, reason: 'go away' }) })
  await t.rejects(open(t, rude.url), { ...failsWith('closed', { closeCode: 1008 }), message: /1008 go away/ })
})
