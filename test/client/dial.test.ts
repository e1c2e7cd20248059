import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocketServer } from 'ws'
import type health from '../../routes/ws/health.js'
import type { ConnectParams } from '../../schemas/ws/connect.js'
import { typed } from '../../src/client/calls.js'
import type { Credential } from '../../src/client/credentials.js'
import { dial } from '../../src/client/dial.js'
import type { FoundGateway } from '../../src/client/open.js'
import { verifyProof } from '../../src/devices/proof.js'
import { testConfig, testInstance, token } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { failsWith, type Script, scripted } from './scripted.js'

const shared: Credential = { kind: 'token', value: token, from: 'test' }

/** A gateway that was found at this address, with an own state directory. */
async function found(t: Test, base: URL, credential: Credential | undefined, pin?: string): Promise<FoundGateway> {
  const instance = await testInstance(t, testConfig())
  return {
    instance,
    target: { base, display: 'the gateway', source: 'remote' },
    credential,
    withoutSecret: false,
    credentialProblem: undefined,
    record: undefined,
    pin,
    headers: {},
    probe: () => Promise.reject(new Error('not here')),
  }
}

t.test('a real gateway: greeting, a call with its types, an orderly end', async (t) => {
  const gateway = await startGateway(t)
  const line = await dial(await found(t, new URL(`http://127.0.0.1:${gateway.port}/`), shared), {
    scopes: ['operator.read'],
  })
  t.equal(line.via, 'websocket')
  t.match(line.hello, { protocol: 4, auth: { role: 'operator', scopes: ['operator.read'] } })
  const { defaultAgentId } = await typed<typeof health>(line).call('health', {})
  t.equal(defaultAgentId, 'main')
  line.close()
  await t.rejects(line.call('health'), failsWith('closed'))
})

/** Checks a `connect` as the gateway does. */
function isSigned({ device, client, scopes = [], auth }: ConnectParams): boolean {
  if (!device) return false
  const facts = {
    clientId: client.id,
    clientMode: client.mode,
    role: 'operator',
    scopes,
    token: auth?.token ?? auth?.deviceToken ?? '',
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  }
  const proof = verifyProof(device, { nonce: 'n', now: 1, facts })
  return proof.ok && proof.version === 3
}

const wishes = { scopes: ['operator.read'] }
const issued = (deviceToken: string): Script => ({
  hello: () => ({ auth: { role: 'operator', scopes: ['operator.read'], deviceToken } }),
})
const refused = (code: string) => ({ error: { code: 'INVALID_REQUEST', message: code, details: { code } } })

t.test('on this machine the shared secret is enough: no device', async (t) => {
  const server = await scripted(t)
  const line = await dial(await found(t, server.url, shared), wishes)
  t.match(server.attempts, [{ auth: { token }, client: { id: 'cli', mode: 'cli' }, scopes: ['operator.read'] }])
  t.notOk(server.attempts[0]?.device)
  line.close()
  await dial(await found(t, server.url, { ...shared, kind: 'password' }), wishes)
  t.strictSame(server.attempts[1]?.auth, { password: token })
})

t.test('without a secret: a signed device; its token is kept, sent next time, and to nobody else', async (t) => {
  const server = await scripted(t, issued('device-token-1'))
  const gateway = await found(t, server.url, undefined)
  ;(await dial(gateway, wishes)).close()
  ;(await dial(gateway, wishes)).close()
  const [first, second] = server.attempts
  t.ok(first && isSigned(first) && !first.auth, 'nothing to show but the key')
  t.ok(second && isSigned(second))
  t.strictSame(second?.auth, { token: 'device-token-1', deviceToken: 'device-token-1' })
  t.equal(first?.device?.id, second?.device?.id)

  const folder = join(gateway.instance.paths.credentials, 'device-tokens')
  const files = readdirSync(folder)
  t.equal(files.length, 1)
  for (const name of files) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  const stranger = await scripted(t)
  await dial({ ...gateway, target: { ...gateway.target, base: stranger.url } }, wishes)
  t.notOk(stranger.attempts[0]?.auth, 'another gateway does not get it')
})

t.test('a new token takes the place of the old one; what is on disk may be broken', async (t) => {
  const server = await scripted(t, {
    hello: (attempt) => ({ auth: { role: 'operator', scopes: [], deviceToken: `device-token-${attempt}` } }),
  })
  const gateway = await found(t, server.url, undefined)
  const sent = async () => {
    const line = await dial(gateway, wishes)
    line.close()
    return server.attempts.at(-1)?.auth?.token
  }
  t.equal(await sent(), undefined)
  t.equal(await sent(), 'device-token-0')
  t.equal(await sent(), 'device-token-1')
  const folder = join(gateway.instance.paths.credentials, 'device-tokens')
  for (const broken of ['{', '{}', '[1]']) {
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), broken)
    t.equal(await sent(), undefined, broken)
  }
})

t.test('a device token that is no longer good is forgotten, and one attempt follows without it', async (t) => {
  const server = await scripted(t, {
    ...issued('device-token-1'),
    admit: (_attempt, { auth }) => (auth ? refused('AUTH_DEVICE_TOKEN_MISMATCH') : undefined),
  })
  const gateway = await found(t, server.url, undefined)
  ;(await dial(gateway, wishes)).close()
  ;(await dial(gateway, wishes)).close()
  t.strictSame(
    server.attempts.map(({ auth }) => auth?.token),
    [undefined, 'device-token-1', undefined],
  )
})

t.test('a shared secret that is wrong: one attempt more, with the device token', async (t) => {
  const wrong: Credential = { kind: 'token', value: 'wrong', from: 'test' }
  const server = await scripted(t, {
    ...issued('device-token-1'),
    admit: (_attempt, { auth }) => (auth?.token && !auth.deviceToken ? refused('AUTH_TOKEN_MISMATCH') : undefined),
  })
  const gateway = await found(t, server.url, undefined)
  await t.rejects(dial({ ...gateway, credential: wrong }, wishes), failsWith('unauthorized'))
  t.equal(server.attempts.length, 1, 'there is no device token yet')
  ;(await dial(gateway, wishes)).close()
  ;(await dial({ ...gateway, credential: wrong }, wishes)).close()
  const last = server.attempts.at(-1)
  t.strictSame(last?.auth, { token: 'wrong', deviceToken: 'device-token-1' })
  t.ok(last && isSigned(last))
})

t.test('a gateway that is just starting is asked again', async (t) => {
  const error = { code: 'UNAVAILABLE', message: 'gateway starting; retry shortly', retryable: true, retryAfterMs: 500 }
  const server = await scripted(t, { admit: (attempt) => (attempt < 2 ? { error, close: 1013 } : undefined) })
  ;(await dial(await found(t, server.url, shared), wishes)).close()
  t.equal(server.attempts.length, 3)
  const never = await scripted(t, { admit: () => ({ error, close: 1013 }) })
  await t.rejects(dial(await found(t, never.url, shared), { ...wishes, connectMs: 300 }), failsWith('starting'))
})

t.test('TLS: the pin is checked before anything is said', async (t) => {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))
  const cert = fixture('server-cert.pem')
  const server = https.createServer({ key: fixture('server-key.pem'), cert })
  const sockets = new WebSocketServer({ server })
  let upgrades = 0
  sockets.on('connection', (ws) => {
    upgrades += 1
    ws.send('"no challenge"')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  const base = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const pin = new (await import('node:crypto')).X509Certificate(cert).fingerprint256
  await t.rejects(dial(await found(t, base, shared), wishes), failsWith('self_signed'))
  await t.rejects(dial(await found(t, base, shared, pin.replace(/^../, '00')), wishes), failsWith('pin'))
  t.equal(upgrades, 0)
  await t.rejects(dial(await found(t, base, shared, pin), wishes), failsWith('not_gateway'))
  t.equal(upgrades, 1)
})
