import { readFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { httpRequest } from '../../src/client/http.js'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))
const tls = { key: fixture('server-key.pem'), cert: fixture('server-cert.pem') }
const pin = new (await import('node:crypto')).X509Certificate(tls.cert).fingerprint256

async function listen(t: Test, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

const answer: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end(JSON.stringify({ path: request.url, method: request.method })))
}
const ask = (scheme: string, port: number, more: Partial<Parameters<typeof httpRequest>[0]> = {}) =>
  httpRequest({
    url: new URL(`${scheme}://127.0.0.1:${port}/readyz`),
    display: 'the gateway',
    timeoutMs: 2000,
    ...more,
  })
const fails = (kind: string) => ({ code: 'gateway_unreachable', details: { kind } })

t.test('a plain request', async (t) => {
  let seen = ''
  const server = http.createServer((request, response) => {
    seen = Buffer.from(request.headers.authorization ?? '', 'latin1').toString('utf8')
    answer(request, response)
  })
  const port = await listen(t, server)
  const { status, text } = await ask('http', port, { bearer: '密码', method: 'POST', body: { a: 1 } })
  t.equal(status, 200)
  t.strictSame(JSON.parse(text), { path: '/readyz', method: 'POST' })
  t.equal(seen, 'Bearer 密码', 'a secret beyond ASCII arrives as UTF-8')
})

t.test('nothing listens', async (t) => {
  const port = await listen(t, net.createServer())
  const server = net.createServer()
  const free = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo
      server.close(() => resolve(found))
    }),
  )
  t.not(free, port)
  await t.rejects(ask('http', free), fails('refused'))
  await t.rejects(ask('https', free), fails('refused'))
})

t.test('a name that does not exist', async (t) => {
  await t.rejects(ask('http', 1, { url: new URL('http://gateway.invalid:1/') }), fails('dns'))
})

t.test('a server that never answers', async (t) => {
  const sockets = new Set<net.Socket>()
  const port = await listen(
    t,
    net.createServer((socket) => sockets.add(socket.on('error', () => {}))),
  )
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await t.rejects(ask('http', port, { timeoutMs: 50 }), { ...fails('timeout'), message: /within 50 ms/ })
  await t.rejects(ask('https', port, { timeoutMs: 50 }), fails('timeout'))
})

t.test('a time limit that is over before TLS begins', async (t) => {
  const { secureSocket } = await import('../../src/client/tls.js')
  const sockets = new Set<net.Socket>()
  const port = await listen(
    t,
    net.createServer((socket) => sockets.add(socket.on('error', () => {}))),
  )
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  const over = AbortSignal.abort(new Error('over'))
  await t.rejects(secureSocket(new URL(`https://127.0.0.1:${port}/`), undefined, over), { message: 'over' })
  t.equal(sockets.size, 0, 'nothing was connected')
})

t.test('a server that sends its head and then nothing', async (t) => {
  const server = http.createServer((_request, response) => {
    response.writeHead(200)
    response.write('{')
  })
  const port = await listen(t, server)
  t.teardown(() => server.closeAllConnections())
  await t.rejects(ask('http', port, { timeoutMs: 80 }), fails('timeout'))
})

t.test('something that does not speak HTTP, or hangs up', async (t) => {
  const noise = await listen(
    t,
    net.createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-OpenSSH\r\n'),
    ),
  )
  await t.rejects(ask('http', noise), fails('not_gateway'))
  const silent = await listen(
    t,
    net.createServer((socket) => socket.on('error', () => {}).destroy()),
  )
  await t.rejects(ask('http', silent), fails('network'))
})

t.test('TLS: the system does not trust it, the pin does, a wrong pin never sees the secret', async (t) => {
  let seen = 0
  const server = https.createServer(tls, (request, response) => {
    seen += 1
    answer(request, response)
  })
  const port = await listen(t, server)
  await t.rejects(ask('https', port), fails('self_signed'))
  await t.rejects(ask('https', port, { bearer: 'secret', pin: pin.replace(/^../, '00') }), fails('pin'))
  t.equal(seen, 0, 'no request was sent')
  t.equal((await ask('https', port, { pin })).status, 200)
  t.equal(seen, 1)
})

t.test('plain text to a TLS port and the other way round', async (t) => {
  const secure = await listen(t, https.createServer(tls, answer))
  await t.rejects(ask('http', secure), { code: 'gateway_unreachable' })
  const plain = await listen(t, http.createServer(answer))
  await t.rejects(ask('https', plain), { code: 'gateway_unreachable' })
})

t.test('an answer without end is cut', async (t) => {
  const server = http.createServer((_request, response) => {
    const chunk = Buffer.alloc(1024 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more).on('error', () => {})
    more()
  })
  const port = await listen(t, server)
  t.teardown(() => server.closeAllConnections())
  const { text } = await ask('http', port, { timeoutMs: 10_000 })
  t.ok(text.length <= 4 * 1024 * 1024)
})
