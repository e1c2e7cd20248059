import t from 'tap'
import { openWire, until } from '../helper/calls.js'
import { bearer, build } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'

const rows: [name: string, method: string, url: string, status: number, code: string, allow?: string][] = [
  ['an unknown URL', 'GET', '/v1/nope', 404, 'unknown_url'],
  ['a doubled slash', 'GET', '//v1/models', 404, 'unknown_url'],
  ['an encoded slash between segments', 'GET', '/v1%2Fmodels', 404, 'unknown_url'],
  ['a wrong method', 'GET', '/v1/chat/completions', 405, 'method_not_allowed', 'POST'],
  ['OPTIONS from nowhere', 'OPTIONS', '/v1/chat/completions', 405, 'method_not_allowed', 'POST'],
  ['POST to a probe', 'POST', '/healthz', 405, 'method_not_allowed', 'GET, HEAD'],
  ['a method that Fastify does not know', 'QUERY', '/v1/models', 405, 'method_not_allowed', 'GET, HEAD'],
  ['such a method on an unknown URL', 'QUERY', '/nope', 404, 'unknown_url'],
  ['a WebDAV method', 'PROPFIND', '/healthz', 405, 'method_not_allowed', 'GET, HEAD'],
  ['a file that Swagger UI does not have', 'GET', '/docs/static/nope.js', 404, 'unknown_url'],
  ['a URL that cannot be decoded', 'GET', '/v1/models/%ZZ', 400, 'invalid_request'],
  ['half a UTF-8 character', 'GET', '/%E0%A4', 400, 'invalid_request'],
]

t.test('every URL and method that is not there is refused as JSON with four keys and a request id', async (t) => {
  const gateway = await startGateway(t)
  for (const [name, method, url, status, code, allow] of rows) {
    const request = `${method} ${url} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${bearer.authorization}\r\n`
    const wire = openWire(gateway, `${request}Connection: close\r\n\r\n`)
    await wire.closed
    const [head = '', body = ''] = wire.text().split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1.1 ${status} `), name)
    t.match(head, /^x-request-id: req_/m, name)
    t.match(head, /^cache-control: no-store/m, name)
    if (allow) t.match(head, new RegExp(`^allow: ${allow}\r?$`, 'm'), name)
    const { error } = JSON.parse(body)
    t.strictSame([error.code, Object.keys(error).sort()], [code, ['code', 'message', 'param', 'type']], name)
  }
})

t.test('a body for an unknown URL is not read, however large', async (t) => {
  const app = await build(t)
  const payload = 'x'.repeat(3_000_000)
  const response = await app.inject({
    method: 'POST',
    url: '/v1/nope',
    headers: { 'content-type': 'text/plain' },
    payload,
  })
  t.strictSame([response.statusCode, response.json().error.code], [404, 'unknown_url'])
})

t.test('a WebSocket that nobody here takes is answered, not left open', async (t) => {
  const gateway = await startGateway(t)
  const lines = ['GET /chat HTTP/1.1', 'Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket']
  lines.push('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')
  const wire = openWire(gateway, `${lines.join('\r\n')}\r\n\r\n`)
  await until(() => wire.text().includes('unknown_url'))
  t.match(wire.text(), /^HTTP\/1.1 404 /)
  wire.socket.destroy()
})
