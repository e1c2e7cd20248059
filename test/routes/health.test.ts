import t from 'tap'
import { openWire } from '../helper/calls.js'
import { bearer, build } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'

const remoteAddress = '203.0.113.7'
const probes: [url: string, open: string[]][] = [
  ['/healthz', ['ok', 'status']],
  ['/health', ['ok', 'status']],
  ['/livez', ['ok', 'status']],
  ['/startupz', ['ok', 'status']],
  ['/startup', ['ok', 'status']],
  ['/readyz', ['ready']],
  ['/ready', ['ready']],
]

t.test('strangers get a bare answer, callers of this machine or with the token the details', async (t) => {
  const app = await build(t)
  const proxied = { 'x-forwarded-for': '198.51.100.7' }
  const callers: [name: string, request: object, insider: boolean][] = [
    ['a program on this machine', {}, true],
    ['a remote caller', { remoteAddress }, false],
    ['a remote caller with the token', { remoteAddress, headers: bearer }, true],
    ['a remote caller with a wrong token', { remoteAddress, headers: { authorization: 'Bearer wrong' } }, false],
    ['a caller behind an unknown proxy', { headers: proxied }, false],
    ['a page that was rebound to this machine', { headers: { host: 'evil.example' } }, false],
  ]
  for (const [name, request, insider] of callers) {
    for (const [url, open] of probes) {
      const response = await app.inject({ url, ...request })
      t.equal(response.statusCode, 200, `${name}: ${url}`)
      t.equal(response.headers['cache-control'], 'no-store')
      const detailed = insider && !/health|livez/.test(url)
      const keys = Object.keys(response.json())
      if (detailed) t.ok(keys.length > open.length, `${name}: ${url} has details`)
      else t.strictSame(keys, open, `${name}: ${url} has none`)
    }
  }
})

t.test('details of readiness: what runs, what waits, how the loop is', async (t) => {
  const app = await build(t)
  t.match((await app.inject('/readyz')).json(), {
    ready: true,
    failing: [],
    profile: 'default',
    config: { valid: true, issues: [], pendingRestart: [] },
    turns: { active: 0 },
    eventLoop: { delayP99Ms: Number },
    memory: { rssBytes: Number },
  })
})

t.test('a gateway that stops is not ready and says so', async (t) => {
  const app = await build(t)
  app.runtime.stop()
  const ready = await app.inject('/readyz')
  t.match(ready.json(), { ready: false, failing: ['draining'] })
  const started = await app.inject('/startupz')
  t.match(started.json(), { ok: false, status: 'draining' })
  for (const { statusCode, headers } of [ready, started]) {
    t.strictSame([statusCode, headers['retry-after']], [503, '1'])
  }
  t.equal((await app.inject('/healthz')).statusCode, 200, 'it lives')
})

t.test('HEAD says how long the answer would be and sends none', async (t) => {
  const gateway = await startGateway(t)
  const wire = openWire(gateway, 'HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  await wire.closed
  t.match(wire.text(), /^HTTP\/1.1 200 /)
  t.match(wire.text(), /^content-length: 27\r$/m)
  t.match(wire.text(), /\r\n\r\n$/)
})
