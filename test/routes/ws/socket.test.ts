import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import WebSocket from 'ws'
import { freePort } from '../../cli/gateways.js'
import { testFolder } from '../../helper/folder.js'
import { token } from '../../helper/gateway.js'
import { startGateway as startProcess } from '../../helper/process.js'
import { startGateway, startGatewayWith } from '../../helper/running.js'
import { connected, connectParams, openSocket, type TestSocket } from '../../helper/socket.js'

const urlOf = ({ port }: { port: number }) => `ws://127.0.0.1:${port}/`

t.test('challenge, connect, hello-ok, a request', async (t) => {
  const gateway = await startGateway(t)
  const socket = await openSocket(t, urlOf(gateway))
  const challenge = await socket.event('connect.challenge')
  t.match(challenge.payload, { nonce: /^[\da-f-]{36}$/, ts: Number })
  t.equal(challenge.seq, undefined, 'it has no number')
  const hello = await socket.call('connect', connectParams())
  t.match(hello, {
    type: 'hello-ok',
    protocol: 4,
    server: { version: String, connId: String },
    snapshot: { health: { ok: true }, sessionDefaults: { mainSessionKey: 'agent:main:main' } },
    auth: { role: 'operator', method: 'token' },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  })
  t.ok(hello.features.methods.includes('health'))
  t.equal((await socket.call('health')).ok, true, 'params may be absent')
})

t.test('no compression is negotiated', async (t) => {
  const gateway = await startGateway(t)
  const socket = await openSocket(t, urlOf(gateway), { perMessageDeflate: true })
  t.equal(socket.ws.extensions, '')
})

t.test('what ends a handshake', async (t) => {
  const gateway = await startGateway(t)
  const cases = [
    { name: 'no JSON', send: 'hello', code: 1000, reason: '' },
    { name: 'no request', send: { type: 'event' }, code: 1008, reason: 'invalid request frame' },
    {
      name: 'another request first',
      send: { type: 'req', id: '1', method: 'health' },
      code: 1008,
      reason: 'invalid handshake: first request must be connect',
      error: { code: 'INVALID_REQUEST', message: 'invalid handshake: first request must be connect' },
    },
    {
      name: 'another protocol',
      send: { type: 'req', id: '1', method: 'connect', params: connectParams({ minProtocol: 9, maxProtocol: 9 }) },
      code: 1002,
      reason: 'protocol mismatch',
      error: { code: 'INVALID_REQUEST', message: 'protocol mismatch' },
    },
    { name: 'too large', send: `"${'x'.repeat(70_000)}"`, code: 1009 },
  ]
  for (const { name, send, code, reason, error } of cases) {
    await t.test(name, async (t) => {
      const socket = await openSocket(t, urlOf(gateway))
      socket.send(send)
      t.match(await socket.end(), { code, ...(reason !== undefined && { reason }) })
      if (error) t.match(socket.frames.at(-1), { ok: false, error })
    })
  }
  await t.test('a binary frame', async (t) => {
    const socket = await openSocket(t, urlOf(gateway))
    socket.ws.send(Buffer.from([1, 2]))
    t.match(await socket.end(), { code: 1003 })
  })
})

t.test('a client that says nothing is let go', async (t) => {
  const gateway = await startGatewayWith(t, { env: { OPENCLAW_HANDSHAKE_TIMEOUT_MS: '200' } })
  const socket = await openSocket(t, urlOf(gateway))
  t.match(await socket.end(), { code: 1000, reason: '' })
})

t.test('frames sent behind connect are answered after hello', async (t) => {
  const gateway = await startGateway(t)
  const socket = await openSocket(t, urlOf(gateway))
  socket.send({ type: 'req', id: 'c', method: 'connect', params: connectParams() })
  for (let i = 0; i < 15; i++) socket.send({ type: 'req', id: `r${i}`, method: 'health' })
  await socket.frame(({ id }) => id === 'r14')
  t.equal(socket.frames.filter(({ ok }) => ok).length, 16)
  t.equal(socket.frames[1]?.id, 'c')

  const eager = await openSocket(t, urlOf(gateway))
  // In one packet, so that all of them are there before the first is answered.
  const { _socket: wire } = eager.ws as unknown as { _socket: { cork(): void; uncork(): void } }
  wire.cork()
  eager.send({ type: 'req', id: 'c', method: 'connect', params: connectParams() })
  for (let i = 0; i < 16; i++) eager.send({ type: 'req', id: `r${i}`, method: 'health' })
  wire.uncork()
  t.match(await eager.end(), { code: 1008, reason: 'too many pending handshake frames' })
})

t.test('frames after hello that are wrong are answered, and the socket lives', async (t) => {
  const gateway = await startGateway(t)
  const socket = await connected(t, urlOf(gateway))
  socket.send('not json')
  socket.send({ type: 'req', id: 'x' })
  t.match(await socket.frame(({ id }) => id === 'x'), {
    ok: false,
    error: { code: 'INVALID_REQUEST', message: /^invalid request frame: / },
  })
  socket.send([1])
  t.match(await socket.frame(({ id }) => id === 'invalid'), { ok: false })
  t.match(await socket.request('no.such'), { error: { code: 'INVALID_REQUEST', message: 'unknown method: no.such' } })
  t.match(await socket.request('connect', connectParams()), { ok: false, error: { code: 'INVALID_REQUEST' } })
  t.match(await socket.request('health', { probe: 1 }), {
    error: { code: 'INVALID_REQUEST', message: 'invalid health params: at /probe: must be boolean' },
  })
  t.equal((await socket.call('health')).ok, true)
})

t.test('a frame above 64 KiB passes once the client is known', async (t) => {
  const gateway = await startGateway(t)
  const socket = await connected(t, urlOf(gateway))
  t.equal((await socket.call('health', { padding: 'x'.repeat(1_000_000) })).ok, true)
})

t.test('a missing scope is named', async (t) => {
  const gateway = await startGateway(t)
  const socket = await connected(t, urlOf(gateway), { scopes: ['operator.read'] })
  t.match(await socket.request('no.such'), {
    error: { code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { code: 'MISSING_SCOPE' } },
  })
})

t.test('events are numbered for each socket from 1 on', async (t) => {
  const gateway = await startGateway(t)
  const one = await connected(t, urlOf(gateway))
  const two = await connected(t, urlOf(gateway), { scopes: [] })
  await one.call('health', { probe: true })
  await one.call('health', { probe: true })
  const seen = async (socket: TestSocket) => {
    await socket.frame(({ event, seq }) => event === 'health' && seq === 2)
    return socket.frames
      .filter(({ event }) => event === 'health')
      .map(({ seq, stateVersion }) => [seq, stateVersion?.health])
  }
  t.strictSame(await seen(one), [
    [1, 1],
    [2, 2],
  ])
  t.strictSame(
    await seen(two),
    [
      [1, 1],
      [2, 2],
    ],
    'health needs no scope',
  )
})

t.test('more than 32 unfinished handshakes from one address are refused', async (t) => {
  const gateway = await startGateway(t)
  const sockets = await Promise.all(Array.from({ length: 32 }, () => openSocket(t, urlOf(gateway))))
  const refused = new WebSocket(urlOf(gateway))
  refused.on('error', () => {})
  t.teardown(() => refused.terminate())
  const [, response] = await once(refused, 'unexpected-response')
  t.equal(response.statusCode, 503)
  sockets[0]?.send('not json')
  await sockets[0]?.end()
  await connected(t, urlOf(gateway))
})

t.test('the upgrade is refused where a request would be', async (t) => {
  const gateway = await startGateway(t)
  const cases = [
    { name: 'a forwarded header', headers: { 'x-forwarded-for': '192.0.2.1' }, status: 403 },
    { name: 'a foreign host', headers: { origin: 'https://evil.example', host: 'evil.example' }, status: 403 },
    { name: 'another path', path: 'nowhere', headers: {}, status: 404 },
  ]
  for (const { name, headers, status, path = '' } of cases) {
    await t.test(name, async (t) => {
      const ws = new WebSocket(`${urlOf(gateway)}${path}`, { headers })
      ws.on('error', () => {})
      t.teardown(() => ws.terminate())
      const [, response] = await once(ws, 'unexpected-response')
      t.equal(response.statusCode, status)
    })
  }
})

t.test('a foreign page is told why when it connects, and takes no places from programs', async (t) => {
  const gateway = await startGateway(t)
  const headers = { origin: 'https://evil.example' }
  const pages = await Promise.all(Array.from({ length: 32 }, () => openSocket(t, urlOf(gateway), { headers })))
  const own = await connected(t, urlOf(gateway))
  t.equal((await own.call('health')).ok, true)
  const answer = await pages[0]?.request('connect', connectParams())
  t.match(answer?.error, { code: 'INVALID_REQUEST', details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED' } })
  t.match(await pages[0]?.end(), { code: 1008 })
})

t.test('a stop tells clients and closes them with 1012', async (t) => {
  const gateway = await startGateway(t)
  const socket = await connected(t, urlOf(gateway))
  const closing = gateway.close('the test stops it')
  t.match((await socket.event('shutdown')).payload, { reason: String })
  t.match(await socket.end(), { code: 1012, reason: 'service restart' })
  await closing
})

t.test('a change of the gateway settings closes sockets with 1012', async (t) => {
  const gateway = await startGatewayWith(t, {})
  const socket = await connected(t, urlOf(gateway))
  gateway.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token }, controlUi: { basePath: '/x' } } })
  t.match(await socket.end(), { code: 1012 })
})

t.test('another token closes the sockets that came in with the old one', async (t) => {
  const gateway = await startGatewayWith(t, {})
  const socket = await connected(t, urlOf(gateway))
  gateway.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token: `${token}-2` } } })
  t.match(await socket.end(), { code: 4001, reason: 'gateway auth changed' })
})

t.test('upgrades that are refused on the way give their places back', async (t) => {
  const gateway = await startGateway(t)
  for (let n = 0; n < 33; n += 1) {
    const raw = createConnection(gateway.port, '127.0.0.1')
    raw.on('error', () => {}).resume()
    const lines = ['GET / HTTP/1.1', `Host: 127.0.0.1:${gateway.port}`, 'Connection: Upgrade', 'Upgrade: websocket']
    const wrong = ['Sec-WebSocket-Version: 99', `Sec-WebSocket-Key: ${'A'.repeat(22)}==`]
    raw.write(`${[...lines, ...wrong].join('\r\n')}\r\n\r\n`)
    await once(raw, 'close')
  }
  await t.resolves(openSocket(t, urlOf(gateway)))
})

t.test('a stranger who sends nonsense and is gone before the methods are read ends nothing', async (t) => {
  const home = testFolder(t)
  const config = { gateway: { mode: 'local', auth: { token } } }
  mkdirSync(join(home, '.openclaw'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = await freePort()
  const gateway = await startProcess(home, port)
  t.teardown(() => gateway.kill())
  const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket']
  const rest = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
  for (let n = 0; n < 5; n += 1) {
    const raw = createConnection(port, '127.0.0.1')
    raw.on('error', () => {})
    raw.once('data', () => raw.resetAndDestroy())
    raw.write(`${[...lines, ...rest].join('\r\n')}\r\n\r\nhello`)
    await once(raw, 'close')
  }
  const socket = await connected(t, `ws://127.0.0.1:${port}/`)
  t.equal((await socket.call('health')).ok, true)
})

t.test('an upgrade to a URL that cannot be decoded is answered and ended', async (t) => {
  const gateway = await startGateway(t)
  const raw = createConnection(gateway.port, '127.0.0.1')
  const lines = [`GET /%zz HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket']
  const rest = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
  let answer = ''
  raw.on('data', (data) => {
    answer += data
  })
  raw.write(`${[...lines, ...rest].join('\r\n')}\r\n\r\n`)
  await once(raw, 'close')
  t.match(answer, /^HTTP\/1\.1 400 /)
})
