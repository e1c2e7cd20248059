import { mkdirSync } from 'node:fs'
import https from 'node:https'
import t, { type Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { connectGateway } from '../../src/client/connect.js'
import type { Purpose } from '../../src/client/credentials.js'
import { DeviceTokens } from '../../src/client/device-tokens.js'
import { edgeHeaders } from '../../src/client/edge-auth.js'
import { type ClientFlags, findGateway } from '../../src/client/open.js'
import { resolveTarget } from '../../src/client/target.js'
import { identityPath, openIdentity } from '../../src/devices/identity-file.js'
import { selfSigned } from '../../src/remote/tls/generate.js'
import { testInstance } from '../helper/gateway.js'
import { portOf } from '../instance/sockets.js'

/** Everything is configured; what is taken is what a way may have (spec/config.md section 4, all client paths). */
const all: Config = {
  gateway: {
    auth: { token: 'auth-token', password: 'auth-password' },
    remote: { url: 'wss://gw.example.com', token: 'remote-token', password: 'remote-password' },
  },
}
const env = { OPENCLAW_GATEWAY_TOKEN: 'env-token', OPENCLAW_GATEWAY_PASSWORD: 'env-password' }
const url = 'wss://other.example.com'

type Row = [
  name: string,
  wishes: { flags?: ClientFlags; mode?: 'local' | 'remote'; env?: Record<string, string>; purpose?: Purpose },
  outcome: string,
]
const table: Row[] = [
  ['call, local', {}, 'env-token'],
  ['call, local, no environment', { env: {} }, 'auth-token'],
  ['call, --port', { flags: { port: 5 }, env: {} }, 'auth-token'],
  ['call, remote', { mode: 'remote' }, 'remote-token'],
  ['call, --url', { flags: { url } }, 'credentials_required'],
  ['call, --url in remote mode', { flags: { url }, mode: 'remote' }, 'credentials_required'],
  ['call, --url with the configured address', { flags: { url: 'wss://gw.example.com' }, mode: 'remote' }, 'credentials_required'],
  ['call, --url --token', { flags: { url, token: 'given' } }, 'given'],
  ['call, --url --password', { flags: { url, password: 'given' } }, 'given'],
  ['call, OPENCLAW_GATEWAY_URL', { env: { ...env, OPENCLAW_GATEWAY_URL: url } }, 'env-token'],
  ['call, OPENCLAW_GATEWAY_URL alone', { env: { OPENCLAW_GATEWAY_URL: url } }, 'credentials_required'],
  ['call, OPENCLAW_GATEWAY_URL, only a password', { env: { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_PASSWORD: 'p' } }, 'p'],
  ['call, --token goes first', { flags: { token: 'given' }, mode: 'remote' }, 'given'],
  ['call, older names of variables are not read', { env: { CLAWDBOT_GATEWAY_TOKEN: 'x', MOLTBOT_GATEWAY_TOKEN: 'y' } }, 'auth-token'],
  ['look, local', { purpose: 'probe' }, 'env-token'],
  ['look, local, no environment', { purpose: 'probe', env: {} }, 'auth-token'],
  ['look, remote', { purpose: 'probe', mode: 'remote' }, 'remote-token'],
  ['look, --url', { purpose: 'probe', flags: { url } }, 'none'],
  ['node host, local', { purpose: 'node' }, 'env-token'],
  ['node host, local, no environment', { purpose: 'node', env: {} }, 'auth-token'],
  ['node host, remote', { purpose: 'node', mode: 'remote' }, 'remote-token'],
] // biome-ignore format: one case a line

for (const [name, wishes, outcome] of table) {
  t.test(name, async (t) => {
    const { flags = {}, mode, purpose = 'call' } = wishes
    const instance = await testInstance(t, {}, {}, wishes.env ?? env)
    const config: Config = { gateway: { ...all.gateway, ...(mode && { mode }) } }
    const found = findGateway({ instance, config, flags, purpose })
    if (outcome === 'credentials_required') return t.rejects(found, { code: 'credentials_required', row: { exit: 1 } })
    const { credential } = await found
    return t.equal(credential?.value ?? 'none', outcome)
  })
}

t.test('--url needs no secret where exactly that gateway gave this device a token', async (t) => {
  const instance = await testInstance(t, {})
  mkdirSync(instance.paths.credentials, { recursive: true })
  const { deviceId } = await openIdentity(identityPath(instance.paths.credentials))
  const owner = (gateway: string) => ({ gateway: new URL(gateway), deviceId, role: 'operator' })
  const kept = { role: 'operator', scopes: ['operator.read'], deviceToken: 'issued' }
  await new DeviceTokens(instance.paths.credentials).keep(owner('https://other.example.com/'), kept)
  const find = (to: string) => findGateway({ instance, config: all, flags: { url: to }, purpose: 'call' })
  t.equal((await find(url)).credential, undefined)
  for (const other of ['wss://other.example.com:444', 'wss://other.example.com/x', 'wss://example.com']) {
    await t.rejects(find(other), { code: 'credentials_required' }, other)
  }
})

t.test('edgeAuth: over TLS, to the configured address, and nowhere else', async (t) => {
  const local = { port: 1, scheme: 'http' } as const
  const wanted = (edgeAuth: Record<string, string | object>, remoteUrl = 'wss://gw.example.com') =>
    ({ gateway: { mode: 'remote', remote: { url: remoteUrl, edgeAuth } } }) as Config
  const headers = (config: Config, flags: object = {}) => {
    const { mode, remote } = config.gateway ?? {}
    return edgeHeaders(resolveTarget({ mode, remoteUrl: remote?.url, local, ...flags }), config, { ID: 'from env' })
  }
  const id = { 'CF-Access-Client-Id': 'abc' }
  t.same(headers(wanted(id)), { 'cf-access-client-id': 'abc' })
  t.same(headers(wanted({ 'X-Id': { source: 'env', provider: 'default', id: 'ID' } })), { 'x-id': 'from env' })
  t.same(headers(wanted(id, 'ws://127.0.0.1:5')), {}, 'not without TLS')
  t.same(headers(wanted(id), { url: 'wss://gw.example.com' }), {}, 'not to --url')
  t.same(headers(wanted(id), { envUrl: 'wss://gw.example.com' }), {}, 'not to the variable')
  for (const name of ['Host', 'Authorization', 'Connection', 'Sec-WebSocket-Key', 'bad name', 'a\nb']) {
    t.throws(() => headers(wanted({ [name]: 'x' })), { code: 'auth_misconfigured' }, name)
  }
  t.throws(() => headers(wanted({ 'X-Id': 'a\r\nb' })), { code: 'auth_misconfigured' })
  t.throws(() => headers(wanted({ 'X-Id': { source: 'env', provider: 'default', id: 'NONE' } })), {
    code: 'auth_misconfigured',
  })
})

t.test('edgeAuth: every request and the upgrade carry it', async (t: Test) => {
  const seen: string[] = []
  const server = https.createServer(await selfSigned(['localhost'], Date.now()), (request, response) => {
    seen.push(`${request.method} ${request.headers['x-edge']}`)
    response.end('{"ready":true}')
  })
  server.on('upgrade', (request, socket) => {
    seen.push(`upgrade ${request.headers['x-edge']}`)
    socket.destroy()
  })
  t.teardown(() => server.closeAllConnections())
  const port = await portOf(t, server)
  const instance = await testInstance(t, {})
  const { X509Certificate } = await import('node:crypto')
  const shown = await new Promise<string>((resolve) => {
    const request = https.get({ port, host: '127.0.0.1', rejectUnauthorized: false }, (response) => {
      const socket = response.socket as import('node:tls').TLSSocket
      resolve(new X509Certificate(socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0)).fingerprint256)
      response.destroy()
    })
    request.on('error', () => {})
  })
  const remote = {
    url: `wss://127.0.0.1:${port}`,
    token: 't',
    tlsFingerprint: shown,
    edgeAuth: { 'X-Edge': 'let-me-through' },
  }
  const config: Config = { gateway: { mode: 'remote', remote } }
  const found = await findGateway({ instance, config, flags: {}, purpose: 'probe' })
  seen.length = 0
  await found.probe()
  await t.rejects(connectGateway(found, { scopes: [] }))
  t.ok(seen.length >= 3)
  t.ok(
    seen.every((line) => line.endsWith(' let-me-through')),
    seen.join(),
  )
  t.ok(seen.some((line) => line.startsWith('upgrade')))
})
