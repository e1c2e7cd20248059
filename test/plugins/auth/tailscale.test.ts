import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import { type Connect, connectParamsOf, newDevice } from '../../devices/world.js'
import { bearer, testConfig, token } from '../../helper/gateway.js'
import { startGatewayWith } from '../../helper/running.js'
import { connectParams, openSocket, type TestSocket } from '../../helper/socket.js'
import { alice, type FakeTailscale, fakeTailscale, serveHeaders, whoisOf } from '../../helper/tailscale.js'

const identityScopes = { [alice.login]: ['operator.admin'] }
const serve = { auth: { mode: 'token', token, identityScopes }, tailscale: { mode: 'serve' } }

async function start(t: Test, fake: FakeTailscale, gateway: object = serve) {
  const config = testConfig({
    gateway: { mode: 'local', http: { endpoints: { chatCompletions: { enabled: true } } }, ...gateway },
  })
  return startGatewayWith(t, { config, env: { PATH: `${fake.folder}:/usr/bin:/bin` } })
}

const urlOf = ({ port }: { port: number }) => `ws://127.0.0.1:${port}/`
const noSecret = { auth: {} }
const all = ['operator.admin', 'operator.read', 'operator.write', 'operator.pairing']

/** What the page of a device sends that nobody has paired. */
async function pageParams(socket: TestSocket, more: Connect = {}): Promise<object> {
  const { payload } = await socket.event('connect.challenge')
  return connectParamsOf({ client: 'page', device: newDevice(), scopes: all, ...noSecret, ...more }, payload)
}
const pageHeaders = () => ({ ...serveHeaders(), Origin: 'https://box.tail1234.ts.net' })

/** The status that refuses an upgrade; 101 when it is let through. */
async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const ws = new WebSocket(url, { headers })
  ws.on('error', () => {})
  const status = await Promise.race([
    once(ws, 'open').then(() => 101),
    once(ws, 'unexpected-response').then(([, response]) => response.statusCode as number),
  ])
  ws.terminate()
  return status
}

t.test('whom Tailscale names is let in without a secret', async (t) => {
  const fake = fakeTailscale(t)
  const gateway = await start(t, fake)
  const socket = await openSocket(t, urlOf(gateway), { headers: pageHeaders() })
  const hello = await socket.call('connect', await pageParams(socket))
  t.match(hello, { type: 'hello-ok', auth: { role: 'operator', method: 'tailscale' } })
  t.same(hello.auth.scopes, all)
  t.equal((await socket.call('config.get', {})).valid, true, 'and may do what an operator may')
  t.same(fake.calls(), [`whois --json ${alice.ip}`])

  const next = await openSocket(t, urlOf(gateway), { headers: pageHeaders() })
  await next.call('connect', await pageParams(next))
  t.equal(fake.calls().length, 1, 'the next one within a minute asks nobody')
})

t.test('the scopes can be narrowed, and a secret is judged by itself', async (t) => {
  const gateway = await start(t, fakeTailscale(t))
  const open = (more: Record<string, string> = {}) =>
    openSocket(t, urlOf(gateway), { headers: { ...pageHeaders(), ...more } })
  const narrow = await open({ 'x-openclaw-scopes': 'operator.read' })
  t.same((await narrow.call('connect', await pageParams(narrow))).auth.scopes, ['operator.read'])
  const secret = await open()
  const asked = await secret.request('connect', await pageParams(secret, { auth: { token } }))
  t.match(asked.error, { details: { code: 'PAIRING_REQUIRED' } }, 'the secret is right, but it names nobody')
  const wrong = await open()
  const refused = await wrong.request('connect', await pageParams(wrong, { auth: { token: 'wrong' } }))
  t.match(refused.error, { details: { code: 'AUTH_TOKEN_MISMATCH' } })
})

t.test('a name is no device', async (t) => {
  const gateway = await start(t, fakeTailscale(t))
  const program = await openSocket(t, urlOf(gateway), { headers: serveHeaders() })
  const answer = await program.request('connect', connectParams(noSecret))
  t.match(answer.error, { details: { code: 'DEVICE_IDENTITY_REQUIRED' } })
  const page = await openSocket(t, urlOf(gateway), { headers: pageHeaders() })
  const params = connectParamsOf({ client: 'page', ...noSecret }, { nonce: '', ts: 0 })
  t.match((await page.request('connect', params)).error, { details: { code: 'CONTROL_UI_DEVICE_IDENTITY_REQUIRED' } })
})

t.test('who has no scopes by name waits for approval', async (t) => {
  const gateway = await start(t, fakeTailscale(t), { ...serve, auth: { mode: 'token', token } })
  const socket = await openSocket(t, urlOf(gateway), { headers: pageHeaders() })
  const answer = await socket.request('connect', await pageParams(socket))
  t.match(answer.error, { details: { code: 'PAIRING_REQUIRED', recommendedNextStep: 'wait_then_retry' } })
})

t.test('a paired device needs no secret over Tailscale', async (t) => {
  const gateway = await start(t, fakeTailscale(t), { ...serve, auth: { mode: 'token', token } })
  const device = newDevice()
  const scopes = ['operator.read', 'operator.write']
  const connect = async (headers: Record<string, string>, more: Connect) => {
    const socket = await openSocket(t, urlOf(gateway), { headers })
    const { payload } = await socket.event('connect.challenge')
    return socket.request('connect', connectParamsOf({ client: 'app', device, scopes, ...more }, payload))
  }
  const local = await connect({}, { auth: { token } })
  t.match(local.payload, { auth: { method: 'token' } }, 'paired on this machine')
  const known = await connect(serveHeaders(), noSecret)
  t.match(known.payload, { auth: { method: 'tailscale', scopes } })
  const more = await connect(serveHeaders(), { ...noSecret, scopes: ['operator.admin'] })
  t.match(more.error, { details: { code: 'PAIRING_REQUIRED', reason: 'scope-upgrade' } }, 'and gets no more by it')
  const own = await connect(serveHeaders(), { auth: { token: local.payload.auth.deviceToken } })
  t.match(own.payload, { auth: { method: 'device-token', scopes } })
  const node = await connect(serveHeaders(), { ...noSecret, client: 'node', role: 'node', device: newDevice() })
  t.match(node.error, { details: { code: 'AUTH_TOKEN_MISSING' } }, 'a node is not let in by name')
})

t.test('never for the HTTP API', async (t) => {
  const fake = fakeTailscale(t)
  for (const [name, gatewayConfig, statuses] of [
    ['an untrusted proxy', serve, [403, 403]],
    ['a trusted proxy', { ...serve, trustedProxies: ['127.0.0.1'] }, [401, 200]],
  ] as const) {
    await t.test(name, async (t) => {
      const gateway = await start(t, fake, gatewayConfig)
      const [without, withSecret] = statuses
      for (const [method, path] of [
        ['GET', '/v1/models'],
        ['POST', '/v1/chat/completions'],
        ['POST', '/rpc/health'],
        ['POST', '/rpc/config.get'],
        ['GET', '/metrics'],
      ] as const) {
        const ask = async (headers: Record<string, string>) => {
          const body = method === 'POST' ? { body: '{}' } : {}
          const sent = { ...serveHeaders(), 'content-type': 'application/json', ...headers }
          return (await fetch(`http://127.0.0.1:${gateway.port}${path}`, { method, headers: sent, ...body })).status
        }
        t.equal(await ask({}), without, `${path} without a secret`)
        if (path !== '/v1/chat/completions') t.equal(await ask(bearer), withSecret, `${path} with the secret`)
      }
      t.equal(
        await upgradeStatus(`${urlOf(gateway)}v1/models`, serveHeaders()),
        without,
        'an upgrade to a path of the API is judged like any request to it',
      )
    })
  }
  t.same(fake.calls(), [], 'nobody was asked')
})

t.test('an upgrade that is not from Tailscale Serve does not get that far', async (t) => {
  const fake = fakeTailscale(t)
  const gateway = await start(t, fake)
  const { 'Tailscale-User-Login': _, ...noLogin } = serveHeaders()
  const cases: [string, Record<string, string>][] = [
    ['no login', noLogin],
    ['funnel', { ...noLogin, 'Tailscale-Funnel-Request': '?1' }],
    ['funnel with a login', { ...serveHeaders(), 'Tailscale-Funnel-Request': '?1' }],
    ['a chain', { ...serveHeaders(), 'X-Forwarded-For': `${alice.ip}, 203.0.113.9` }],
    ['a loopback client', { ...serveHeaders(), 'X-Forwarded-For': '127.0.0.1' }],
  ]
  for (const [name, headers] of cases) t.equal(await upgradeStatus(urlOf(gateway), headers), 403, name)
  t.equal(await upgradeStatus(urlOf(gateway), serveHeaders()), 101)
  const off = await start(t, fake, { auth: { mode: 'token', token } })
  t.equal(await upgradeStatus(urlOf(off), serveHeaders()), 403, 'not allowed')
  t.same(fake.calls(), [])
})

t.test('a claim that fails is refused, whatever else the client has', async (t) => {
  const tagged = whoisOf({ ip: alice.ip, login: 'tagged-devices', tags: ['tag:server'] })
  const cases: [string, Parameters<typeof fakeTailscale>[1], string][] = [
    ['another login', { answers: { [alice.ip]: whoisOf({ ...alice, login: 'bob@example.com' }) } }, 'user_mismatch'],
    ['a tagged machine', { answers: { [alice.ip]: tagged } }, 'user_missing'],
    ['an unknown address', { answers: {} }, 'whois_failed'],
    ['garbage', { answers: { [alice.ip]: 'Machine: laptop' } }, 'whois_failed'],
    ['an empty object', { answers: { [alice.ip]: {} } }, 'whois_failed'],
    ['a crash', { script: 'kill -9 $$' }, 'whois_failed'],
    ['endless output', { script: 'while :; do echo "{ \\"Node\\": {} }"; done' }, 'whois_failed'],
  ]
  for (const [name, fake, reason] of cases) {
    await t.test(name, async (t) => {
      const gateway = await start(t, fakeTailscale(t, fake))
      for (const auth of [{}, { token }]) {
        const socket = await openSocket(t, urlOf(gateway), { headers: serveHeaders() })
        const answer = await socket.request('connect', connectParams({ auth }))
        t.match(answer, { ok: false, error: { details: { authReason: `tailscale_${reason}` } } })
        t.equal((await socket.end()).code, 1008)
      }
    })
  }
})

t.test('without the program nobody is let in by name', async (t) => {
  const gateway = await startGatewayWith(t, {
    config: testConfig({ gateway: { mode: 'local', ...serve } }),
    env: { PATH: join(fakeTailscale(t).folder, 'tmp') },
  })
  const socket = await openSocket(t, urlOf(gateway), { headers: serveHeaders() })
  t.match(await socket.request('connect', connectParams(noSecret)), {
    ok: false,
    error: { details: { code: 'AUTH_TAILSCALE_WHOIS_FAILED', authReason: 'tailscale_whois_failed' } },
  })
})

t.test('a socket that goes while Tailscale is asked leaves nothing behind', async (t) => {
  const fake = fakeTailscale(t, { script: 'echo $$ > "$(dirname "$0")/pid"; exec sleep 600' })
  const pidFile = join(fake.folder, 'pid')
  const gateway = await start(t, fake)
  const socket = await openSocket(t, urlOf(gateway), { headers: serveHeaders() })
  socket.send({ type: 'req', id: '1', method: 'connect', params: connectParams(noSecret) })
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
  const pid = Number(readFileSync(pidFile, 'utf8'))
  t.ok(isAlive(pid))
  socket.ws.terminate()
  await gateway.close('the test is over')
  await until(() => !isAlive(pid))
  t.pass('the program ended with the gateway')
})

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const canBeSomebodyElse = process.platform === 'linux' && process.getuid?.() === 0

t.test(
  'another user of this machine cannot pose as Tailscale Serve',
  { skip: !canBeSomebodyElse && 'needs root, to start a program of another user' },
  async (t) => {
    const fake = fakeTailscale(t)
    const gateway = await start(t, fake)
    const connect = { type: 'req', id: '1', method: 'connect', params: connectParams(noSecret) }
    const script = `
      const { connect } = require('node:net')
      const frame = Buffer.from(process.argv[2])
      const mask = Buffer.alloc(4)
      const head = Buffer.from([0x81, 0x80 | 126, frame.length >> 8, frame.length & 255])
      const socket = connect(Number(process.argv[1]), '127.0.0.1', () => socket.write(process.argv[3]))
      let text = ''
      let sent = false
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        if (!sent && text.includes('connect.challenge')) {
          sent = true
          socket.write(Buffer.concat([head, mask, frame]))
        }
        if (text.includes('"type":"res"')) socket.end()
      })
      socket.on('close', () => console.log(text))
    `
    const lines = { ...serveHeaders(), Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' }
    const upgrade = ['GET / HTTP/1.1', ...Object.entries(lines).map(([name, value]) => `${name}: ${value}`)]
    const request = [...upgrade, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n')
    const args = ['-e', script, String(gateway.port), JSON.stringify(connect), request]
    // `env -i`: the test runner adds its loader to what Node starts, and that user may not be able to read it.
    const command = ['-i', process.execPath, ...args]
    const child = spawn('/usr/bin/env', command, { uid: 65_534, gid: 65_534, cwd: '/' })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    await once(child, 'close')
    t.match(output, 'tailscale_proxy_missing', errors)
    t.same(fake.calls(), [])
  },
)
