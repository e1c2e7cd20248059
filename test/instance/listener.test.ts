import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { BindAddress } from '../../src/instance/bind.js'
import type { Target } from '../../src/instance/listener/attachment.js'
import { type ListenerOptions, openListener } from '../../src/instance/listener.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { accepts, rawClient } from './sockets.js'

const v4: BindAddress = { host: '127.0.0.1', optional: false }
const v6: BindAddress = { host: '::1', optional: true }
const get = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

async function open(t: Test, options: Partial<ListenerOptions> = {}) {
  const listener = await openListener({ addresses: [v4], port: 0, instanceId: 'the-id', ...options })
  t.teardown(() => listener.close())
  return listener
}

const says = (text: string): Target => ({
  request: (_request, response) => response.end(text),
})

t.test('nothing attached: 503 starting, who it is, and when to come back', async (t) => {
  const listener = await open(t)
  const response = await fetch(`http://127.0.0.1:${listener.port}/healthz`)
  t.equal(response.status, 503)
  t.equal(response.headers.get('retry-after'), '1')
  t.equal(response.headers.get('cache-control'), 'no-store')
  t.equal(response.headers.get('x-openclaw-instance'), 'the-id')
  t.match(await response.json(), { error: { type: 'server_error', param: null, code: 'starting' } })
})

t.test('the app is swapped under a kept connection', async (t) => {
  const listener = await open(t)
  const client = await rawClient(t, listener.port)
  client.write(get())
  await client.until(/"starting".*\}$/s)
  listener.attach(says('first'))
  client.write(get())
  await client.until(/first$/)
  listener.attach(says('second'))
  client.write(get())
  await client.until(/second$/)
  listener.detach()
  client.write(get())
  await client.until(/second.*"starting".*\}$/s)
})

t.test('a request under way ends on its app; drained waits for it', async (t) => {
  const listener = await open(t)
  const open1: ServerResponse[] = []
  const first = listener.attach({
    request: (_request, response) => {
      open1.push(response)
      response.write('begun ')
    },
  })
  const client = await rawClient(t, listener.port)
  client.write(get())
  await client.until(/begun/)
  listener.attach(says('second'))
  t.equal(listener.current?.inFlight, 0)
  t.equal(first.inFlight, 1)
  t.equal(await first.drained(10), false, 'not yet')
  const drained = first.drained(60_000)
  open1[0]?.end('by the first')
  t.equal(await drained, true)
  t.match(await client.until(/by the first/), /begun/)
  t.equal(await first.drained(0), true)
})

t.test('a client that goes away counts as answered', async (t) => {
  const listener = await open(t)
  let begun = () => {}
  const arrived = new Promise<void>((resolve) => {
    begun = resolve
  })
  const attachment = listener.attach({ request: () => begun() })
  const client = await rawClient(t, listener.port)
  client.write(get())
  await arrived
  const drained = attachment.drained(60_000)
  client.socket.destroy()
  t.equal(await drained, true)
})

const webSocketHead = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n'

t.test('WebSocket upgrades go to the app, with the bytes that came early', async (t) => {
  const listener = await open(t)
  listener.attach({
    ...says('plain'),
    upgrade: (request, socket, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${request.url} ${head} `)
      socket.on('data', (chunk) => socket.write(`echo ${chunk}`))
    },
  })
  const client = await rawClient(t, listener.port)
  client.write(`${webSocketHead}early`)
  await client.until(/101.*\/ws early/s)
  client.write('late')
  await client.until(/echo late$/)
  await listener.close()
  await client.ended()
})

t.test('an upgrade before an app is there', async (t) => {
  const listener = await open(t)
  const client = await rawClient(t, listener.port)
  client.write(webSocketHead)
  t.match(await client.ended(), /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*"code":"starting"/)
})

t.test('an upgrade that the app does not offer is an ordinary request', async (t) => {
  const listener = await open(t)
  listener.attach(says('plain'))
  const client = await rawClient(t, listener.port)
  client.write(webSocketHead)
  await client.until(/200 OK[\s\S]*plain$/)
})

t.test('h2c from Java is ignored, body and later requests included', async (t) => {
  const listener = await open(t)
  const seen: unknown[] = []
  listener.attach({
    request: (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        seen.push([
          request.method,
          request.url,
          request.headers.upgrade,
          request.headers.connection,
          request.headers['x-a'],
          body,
        ])
        response.end(`got ${body}`)
      })
    },
    upgrade: () => t.fail('not an upgrade'),
  })
  const client = await rawClient(t, listener.port)
  const offer = 'Connection: Upgrade, HTTP2-Settings, keep-alive\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA\r\n'
  client.write(`POST /v1/chat HTTP/1.1\r\nHost: a\r\n${offer}X-A: \xe9\r\nContent-Length: 10\r\n\r\n12345`)
  // The rest of the body comes when the head has been handed over already.
  setTimeout(() => client.write('67890'), 30)
  await client.until(/got 1234567890$/)
  client.write(`POST /two HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 2\r\n\r\nok`)
  await client.until(/got ok$/)
  t.same(seen, [
    ['POST', '/v1/chat', undefined, 'keep-alive', '\xe9', '1234567890'],
    // Node itself takes no further upgrade on this connection, and leaves the headers to the app.
    ['POST', '/two', 'h2c', 'Upgrade, HTTP2-Settings, keep-alive', undefined, 'ok'],
  ])
})

t.test('what is no request gets the envelope and the door', async (t) => {
  const listener = await open(t, { limits: { headersTimeoutMs: 20_000 } })
  listener.attach(says('never'))
  const rows: readonly (readonly [string, string, string])[] = [
    ['HELLO\r\n\r\n', '400 Bad Request', 'invalid_request'],
    ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request', 'invalid_request'],
    ['GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n', '400 Bad Request', 'invalid_request'],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 Bad Request',
      'invalid_request',
    ],
    [
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(17 * 1024)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'header_too_large',
    ],
    [webSocketHead.replace('Host: a\r\n', ''), '400 Bad Request', 'invalid_request'],
  ]
  for (const [bytes, status, code] of rows) {
    const client = await rawClient(t, listener.port)
    client.write(bytes)
    const text = await client.ended()
    t.match(text, `HTTP/1.1 ${status}\r\n`)
    const body: unknown = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
    t.match(body, { error: { code, param: null } }, JSON.stringify(bytes.slice(0, 50)))
  }
})

t.test('a request that goes wrong halfway through its answer is cut, not answered twice', async (t) => {
  const listener = await open(t)
  listener.attach({
    request: (request, response) => {
      request.resume()
      response.write('begun')
    },
  })
  const client = await rawClient(t, listener.port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
  await client.until(/begun/)
  client.write('no chunk\r\n')
  t.notMatch(await client.ended(), /400/)
})

t.test('port 0 gives every address the same port', async (t) => {
  const listener = await open(t, { addresses: [v4, v6] })
  t.not(listener.port, 0)
  listener.attach(says('here'))
  for (const address of listener.addresses) {
    const client = await rawClient(t, listener.port, address)
    client.write(get())
    t.match(await client.until(/here$/), /200/, address)
  }
})

t.test('optional addresses that the machine does not have are left out, required ones are an error', async (t) => {
  // TEST-NET-1 of RFC 5737: on no machine.
  const listener = await open(t, { addresses: [v4, { host: '192.0.2.1', optional: true }] })
  t.same(listener.addresses, ['127.0.0.1'])
  const missing = openListener({ addresses: [v4, { host: '192.0.2.1', optional: false }], port: 0 })
  await t.rejects(missing, {
    code: 'bind_failed',
    row: { exit: 78 },
    message: /192\.0\.2\.1.*EADDRNOTAVAIL.*does not have/,
  })
})

t.test('a taken port: the explanation is thrown and nothing stays bound', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1')
  t.teardown(() => holder.close())
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await t.rejects(openListener({ addresses: [v4], port }), { code: 'port_taken', message: new RegExp(`${port}`) })
  const explain = async (host: string, taken: number) =>
    new GatewayError('port_taken', { message: `${host} ${taken} is his` })
  const all = [{ host: '127.0.0.2', optional: false }, v4]
  await t.rejects(openListener({ addresses: all, port, explain }), { message: `127.0.0.1 ${port} is his` })
  t.equal(await accepts(port, '127.0.0.2'), false)
})

t.test('rebind to another port keeps what is under way', async (t) => {
  const listener = await open(t)
  const waiting: ServerResponse[] = []
  listener.attach({
    request: (request, response) => {
      if (request.url === '/slow') waiting.push(response.on('error', () => {}))
      else response.end('quick')
    },
    upgrade: (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      socket.on('data', (chunk) => socket.write(`echo ${chunk}`))
    },
  })
  const before = listener.port
  const slow = await rawClient(t, before)
  slow.write(get('/slow'))
  const idle = await rawClient(t, before)
  idle.write(get())
  await idle.until(/quick$/)
  const webSocket = await rawClient(t, before)
  webSocket.write(webSocketHead)
  await webSocket.until(/101/)

  await listener.rebind([v4], 0)
  t.not(listener.port, before)
  t.equal(await accepts(before), false, 'the old port is free')
  await idle.ended()
  waiting[0]?.end('slow answer')
  await slow.until(/slow answer/)
  webSocket.write('still here')
  await webSocket.until(/echo still here/)
  const client = await rawClient(t, listener.port)
  client.write(get())
  await client.until(/quick$/)
})

t.test('rebind on the same port: unchanged addresses stay, wildcard and back', async (t) => {
  const listener = await open(t)
  listener.attach(says('here'))
  const { port } = listener
  const client = await rawClient(t, port)
  await listener.rebind([v4, { host: '127.0.0.2', optional: false }], port)
  t.same(listener.addresses, ['127.0.0.1', '127.0.0.2'])
  client.write(get())
  await client.until(/here$/)
  await listener.rebind([{ host: '0.0.0.0', optional: false }], port)
  t.same([listener.addresses, listener.port], [['0.0.0.0'], port])
  t.equal(await accepts(port, '127.0.0.3'), true)
  await listener.rebind([v4], port)
  t.same([listener.addresses, listener.port], [['127.0.0.1'], port])
  t.equal(await accepts(port, '127.0.0.3'), false)
})

t.test('a rebind that fails changes nothing', async (t) => {
  const listener = await open(t)
  listener.attach(says('here'))
  const { port } = listener
  const nowhere: BindAddress = { host: '192.0.2.1', optional: false }
  await t.rejects(listener.rebind([nowhere], port), { code: 'bind_failed' })
  await t.rejects(listener.rebind([nowhere], 0), { code: 'bind_failed' })
  await t.rejects(listener.rebind([{ host: '0.0.0.0', optional: false }, nowhere], port), { code: 'bind_failed' })
  t.same([listener.addresses, listener.port], [['127.0.0.1'], port])
  t.equal(await accepts(port), true)
})

t.test('drain: the port is free at once, answers may end, kept connections are not used again', async (t) => {
  const listener = await open(t)
  const waiting: ServerResponse[] = []
  listener.attach({ request: (_request, response) => waiting.push(response) })
  const { port } = listener
  const client = await rawClient(t, port)
  client.write(get())
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const drained = listener.drain(60_000)
  t.equal(await accepts(port), false)
  waiting[0]?.end('last words')
  t.equal(await drained, true)
  t.match(await client.ended(), /connection: close[\s\S]*last words/i)
  t.equal(listener.port, 0)
})

t.test('close cuts what does not end', async (t) => {
  const listener = await open(t)
  listener.attach({ request: (_request, response) => response.write('begun') })
  const client = await rawClient(t, listener.port)
  client.write(get())
  await client.until(/begun/)
  t.equal(await listener.drain(1), false)
  await listener.close(1)
  await client.ended()
  await listener.close()
})

t.test('Fastify behind it: the old app answers what it began and is closed after that', async (t) => {
  const listener = await open(t)
  const app = async (name: string) => {
    const fastify = Fastify()
    let finish = () => {}
    const gate = new Promise<void>((resolve) => {
      finish = resolve
    })
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    fastify.get('/slow', async () => {
      begin()
      await gate
      return { name }
    })
    fastify.post('/quick', async (request) => ({ name, body: request.body }))
    await fastify.ready()
    t.teardown(() => fastify.close())
    return { fastify, begun, finish }
  }
  const attach = ({ fastify }: Awaited<ReturnType<typeof app>>) =>
    listener.attach({ request: (request, response) => fastify.routing(request, response) })
  const url = `http://127.0.0.1:${listener.port}`
  const json = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).json()

  const one = await app('one')
  const attachment = attach(one)
  const slow = json('/slow')
  await one.begun
  attach(await app('two'))
  const body = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
  t.same(await json('/quick', body), { name: 'two', body: { a: 1 } })
  const drained = attachment.drained(60_000)
  one.finish()
  t.same(await slow, { name: 'one' })
  t.equal(await drained, true)
  await one.fastify.close()
  t.same(await json('/quick', body), { name: 'two', body: { a: 1 } })
})

t.test('two listeners in one process know nothing of each other', async (t) => {
  const one = await open(t)
  const two = await open(t)
  one.attach(says('one'))
  two.attach(says('two'))
  const text = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`)).text()
  t.same([await text(one.port), await text(two.port)], ['one', 'two'])
})

t.test('a request whose upgrade is ignored has the time limits of any other, and ends with the listener', async (t) => {
  const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600, keepAliveTimeoutMs: 500 }
  const listener = await open(t, { limits })
  listener.attach({ request: (request, response) => void request.resume().once('end', () => response.end('ok')) })
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA\r\n'
  const half = `POST / HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 10\r\n\r\nab`
  const slow = await rawClient(t, listener.port)
  slow.write(half)
  await slow.ended()
  const left = await rawClient(t, listener.port)
  left.write(half)
  // It is read before the next one.
  await accepts(listener.port)
  const closed = left.ended()
  await listener.close(0)
  await closed
})
