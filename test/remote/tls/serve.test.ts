import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import forge from 'node-forge'
import t, { type Test } from 'tap'
import { dial } from '../../../src/client/dial.js'
import { httpRequest } from '../../../src/client/http.js'
import { findGateway } from '../../../src/client/open.js'
import { openListener } from '../../../src/instance/listener.js'
import { readRunFile } from '../../../src/instance/run-file.js'
import type { Instance } from '../../../src/instance/types.js'
import { runGateway } from '../../../src/main.js'
import { selfSigned } from '../../../src/remote/tls/generate.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance, token } from '../../helper/gateway.js'
import { rawClient } from '../../instance/sockets.js'

const logging = { level: 'silent', consoleLevel: 'info', consoleStyle: 'json' }
const config = (tls: object) => ({
  ...testConfig({ logging }),
  gateway: { mode: 'local' as const, auth: { mode: 'token' as const, token }, tls: { enabled: true, ...tls } },
})

async function start(t: Test, instance: Instance) {
  const lines: string[] = []
  const console = { write: (line: string) => void lines.push(line) }
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' }, { console })
  t.teardown(() => gateway.close())
  return { gateway, lines, log: () => lines.join('\n') }
}

/** What a client says that could not ask a gateway. */
const fails = (kind: string) => ({ code: 'gateway_unreachable', details: { kind } })

const fingerprint = async ({ paths }: Instance) => (await readRunFile(paths.runFile))?.tlsFingerprint

/** What is shown on the wire, seen without any of our own client. */
function shown(port: number): Promise<{ fingerprint: string; names: string | undefined; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()
      resolve({
        fingerprint: certificate?.fingerprint256 ?? '',
        names: certificate?.subjectAltName,
        protocol: socket.getProtocol(),
      })
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

t.test('a first start makes a pair, serves https and wss with it, and a second start keeps it', async (t) => {
  const instance = await testInstance(t, config({}))
  const { gateway, log } = await start(t, instance)
  t.match(gateway.url, /^https:/)
  const folder = join(instance.paths.state, 'gateway', 'tls')
  t.equal(statSync(join(folder, 'gateway-key.pem')).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const seen = await shown(gateway.port)
  t.equal(seen.fingerprint, await fingerprint(instance), 'the run-file names it')
  t.match(seen.names, /DNS:localhost.*IP Address:127\.0\.0\.1/)
  t.match(log(), /made a self-signed TLS certificate/)
  t.match(log(), /listening on https:/)
  // The CLI of the same profile knows what to pin.
  const found = await findGateway({ instance, config: config({}), flags: {}, purpose: 'call' })
  t.equal((await found.probe()).ready, true)
  const line = await dial(found, { scopes: ['operator.read'] })
  t.match(await line.call('health', {}), { ok: true })
  t.equal(line.via, 'websocket')
  line.close()
  await gateway.close()
  const again = await start(t, instance)
  t.equal((await shown(again.gateway.port)).fingerprint, seen.fingerprint)
})

t.test('plain HTTP to a TLS port gets an answer that helps', async (t) => {
  const { gateway } = await start(t, await testInstance(t, config({})))
  const client = await rawClient(t, gateway.port)
  client.write('GET /healthz HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n\r\n')
  const text = await client.ended()
  t.match(text, /^HTTP\/1\.1 400 /)
  t.match(text, /"code":"tls_required"/)
  t.match(text, /https:\/\/ or wss:\/\//)
  const plain = new URL(`http://127.0.0.1:${gateway.port}/`)
  const upgrade = await rawClient(t, gateway.port)
  upgrade.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  t.match(await upgrade.ended(), /tls_required/)
  const instance = await testInstance(t, {})
  const found = await findGateway({ instance, config: {}, flags: { url: plain.href }, purpose: 'probe' })
  await t.rejects(found.probe(), fails('tls_required'))
  const line = await dial(found, { scopes: [] })
  await t.rejects(line.call('health'), fails('tls_required'))
  // What is neither, and who hangs up at once, does no harm.
  const noise = await rawClient(t, gateway.port)
  noise.write('\x16\x03nonsense\r\n\r\n')
  await noise.ended()
  const silent = await rawClient(t, gateway.port)
  silent.socket.end()
  await silent.ended()
  t.ok((await shown(gateway.port)).fingerprint)
})

t.test('a body that comes in pieces, many connections and keep-alive go through TLS as they should', async (t) => {
  const instance = await testInstance(t, config({}))
  const { gateway } = await start(t, instance)
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false })
  t.teardown(() => agent.destroy())
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const request = https.request(`${gateway.url}/rpc/health`, { agent, method: 'POST', headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
      })
      request.once('error', reject)
      request.write('{')
      setImmediate(() => request.end('}'))
    })
  const answers = await Promise.all(Array.from({ length: 64 }, ask))
  t.same([...new Set(answers)], [200])
})

t.test('a renewed certificate is shown without a restart; one that cannot be used changes nothing', async (t) => {
  const instance = await testInstance(t, config({}))
  const { gateway, log } = await start(t, instance)
  const first = (await shown(gateway.port)).fingerprint
  const folder = join(instance.paths.state, 'gateway', 'tls')
  const [cert, key] = [join(folder, 'gateway-cert.pem'), join(folder, 'gateway-key.pem')]

  writeFileSync(cert, 'not a certificate')
  await until(() => /the new TLS certificate cannot be used; the old one stays/.test(log()))
  t.equal((await shown(gateway.port)).fingerprint, first)
  t.equal(await fingerprint(instance), first)

  const old = await selfSigned(['localhost'], Date.UTC(2001, 0))
  writeFileSync(key, old.key)
  writeFileSync(cert, old.cert)
  await until(() => /ran out on 2011/.test(log()))
  t.equal((await shown(gateway.port)).fingerprint, first)

  const next = await selfSigned(['localhost'], Date.now())
  writeFileSync(key, next.key)
  writeFileSync(cert, next.cert)
  await until(async () => (await fingerprint(instance)) !== first)
  const second = (await shown(gateway.port)).fingerprint
  t.not(second, first)
  t.equal(await fingerprint(instance), second, 'the run-file follows')
  await until(() => /TLS certificate renewed/.test(log()))
})

t.test('TLS goes on and off with the config, in the same process and on the same port', async (t) => {
  const instance = await testInstance(t, config({ enabled: false }))
  const { gateway } = await start(t, instance)
  const { port } = gateway
  t.match(gateway.url, /^http:/)
  writeFileSync(instance.paths.config, JSON.stringify(config({})))
  await until(async () => (await fingerprint(instance)) !== undefined)
  t.equal(gateway.url, `https://127.0.0.1:${port}`)
  t.equal((await shown(port)).fingerprint, await fingerprint(instance))
  writeFileSync(instance.paths.config, JSON.stringify(config({ enabled: false })))
  await until(async () => (await fingerprint(instance)) === undefined)
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
})

const refusals: [string, (cert: string, key: string) => Promise<void>, RegExp][] = [
  ['a certificate without its key', async (_cert, key) => rmSync(key), /gateway-cert\.pem is there, but .*gateway-key\.pem is not/],
  ['a key without its certificate', async (cert) => rmSync(cert), /gateway-key\.pem is there, but .*gateway-cert\.pem is not/],
  ['a certificate of another key', async (cert) => writeFileSync(cert, (await selfSigned(['a'], Date.now())).cert), /does not belong to the certificate/],
  ['no certificate at all', async (cert) => writeFileSync(cert, 'hello'), /gateway-cert\.pem is not a certificate that can be used/],
  ['no key at all', async (_cert, key) => writeFileSync(key, 'hello'), /gateway-key\.pem is not a private key that can be used/],
] // biome-ignore format: one case a line

t.test('refused starts', async (t) => {
  for (const [name, spoil, words] of refusals) {
    t.test(name, async (t) => {
      const instance = await testInstance(t, config({}))
      const folder = join(instance.paths.state, 'gateway', 'tls')
      const first = await runGateway(instance, { port: 0, bind: 'loopback' })
      await first.close()
      await spoil(join(folder, 'gateway-cert.pem'), join(folder, 'gateway-key.pem'))
      await t.rejects(runGateway(instance, { port: 0, bind: 'loopback' }), {
        code: 'tls_misconfigured',
        row: { exit: 78 },
        message: words,
      })
    })
  }
})

t.test('files of your own, with ~ for the home', async (t) => {
  const instance = await testInstance(t, config({ certPath: '~/own.pem', keyPath: '~/own.key', autoGenerate: false }))
  const own = await selfSigned(['gateway.example'], Date.now())
  writeFileSync(join(instance.paths.home, 'own.pem'), own.cert)
  writeFileSync(join(instance.paths.home, 'own.key'), own.key)
  const { gateway } = await start(t, instance)
  t.match((await shown(gateway.port)).names, 'DNS:gateway.example')
})

t.test('pins: the flag, the configured one, and a mismatch that names both', async (t) => {
  const served = await testInstance(t, config({}))
  const { gateway } = await start(t, served)
  const pin = (await fingerprint(served)) ?? ''
  const other = pin.replace(/^../, pin.startsWith('00') ? '11' : '00')
  const url = `wss://127.0.0.1:${gateway.port}`
  const client = await testInstance(t, {})
  const remote = (tlsFingerprint?: string) => ({
    gateway: { mode: 'remote' as const, remote: { url, token, ...(tlsFingerprint && { tlsFingerprint }) } },
  })
  const find = (flags: object, config: object = {}) =>
    findGateway({ instance: client, config, flags, purpose: 'probe' })
  // [flags, config, what comes of it]
  const table: [string, object, object, string][] = [
    ['nobody vouches', { url, token }, {}, 'self_signed'],
    ['the flag', { url, token, tlsFingerprint: pin }, {}, 'ok'],
    ['the flag in other spelling', { url, token, tlsFingerprint: `sha256:${pin.replaceAll(':', '').toLowerCase()}` }, {}, 'ok'],
    ['another flag', { url, token, tlsFingerprint: other }, {}, 'pin'],
    ['the configured one', {}, remote(pin), 'ok'],
    ['another configured one', {}, remote(other), 'pin'],
    ['the flag goes first', { tlsFingerprint: pin }, remote(other), 'ok'],
    ['no pin for the remote', {}, remote(), 'self_signed'],
    ['--url does not inherit the pin of the remote', { url, token }, remote(pin), 'self_signed'],
  ] // biome-ignore format: one case a line
  for (const [name, flags, config, outcome] of table) {
    t.test(name, async (t) => {
      const found = await find(flags, config)
      if (outcome === 'ok') t.equal((await found.probe()).ready, true)
      else await t.rejects(found.probe(), fails(outcome))
    })
  }
  await t.rejects((await find({}, remote(other))).probe(), {
    message: new RegExp(`it shows ${pin}, pinned is ${other}`),
    details: { shown: pin, pinned: other },
  })
  await t.rejects(find({ url, token, tlsFingerprint: 'abc' }), { code: 'usage' })
})

t.test('pain-24: the probe of the own gateway speaks TLS and pins what the run-file says', async (t) => {
  const instance = await testInstance(t, config({}))
  const { gateway } = await start(t, instance)
  const found = await findGateway({ instance, config: config({}), flags: {}, purpose: 'probe' })
  t.equal(found.target.display, `wss://127.0.0.1:${gateway.port}`)
  t.equal((await found.probe()).identity, 'verified')
  const pem = readFileSync(join(instance.paths.state, 'gateway', 'tls', 'gateway-cert.pem'), 'utf8')
  const plain = httpRequest({ url: new URL('healthz', gateway.url), display: 'x', timeoutMs: 2_000 })
  await t.rejects(plain, fails('self_signed'), 'without a pin nobody trusts it')
  t.match(pem, /BEGIN CERTIFICATE/)
})

const stranger = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

t.test(
  'caPath: other machines need a certificate of that authority, this one does not',
  { skip: stranger ? false : 'no address but loopback' },
  async (t) => {
    const client = clientCertificate()
    const instance = await testInstance(t, config({ caPath: '~/clients.pem' }))
    writeFileSync(join(instance.paths.home, 'clients.pem'), client.cert)
    const gateway = await runGateway(instance, { port: 0, bind: 'lan' })
    t.teardown(() => gateway.close())
    const ask = (host: string, more: object = {}) =>
      new Promise<number | string>((resolve) => {
        const request = https.get(
          { host, port: gateway.port, path: '/healthz', rejectUnauthorized: false, ...more },
          (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          },
        )
        request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'))
      })
    t.equal(await ask('127.0.0.1'), 200)
    t.type(await ask(stranger ?? ''), 'string', 'nobody without one')
    t.equal(await ask(stranger ?? '', client), 200)
    const other = clientCertificate()
    t.type(await ask(stranger ?? '', other), 'string', 'nor with one of nobody')
  },
)

t.test('who connects and says nothing is not kept', async (t) => {
  const pair = await selfSigned(['localhost'], Date.now())
  const identity = { ...pair, clientCa: undefined, fingerprint: '' }
  const listener = await openListener({
    addresses: [{ host: '127.0.0.1', optional: false }],
    port: 0,
    tls: identity,
    limits: { headersTimeoutMs: 50 },
  })
  t.teardown(() => listener.close())
  const silent = await rawClient(t, listener.port)
  t.equal(await silent.ended(), '')
  const half = await rawClient(t, listener.port)
  half.write('\x16\x03\x01')
  await half.ended()
  t.pass('a handshake that does not go on ends too')
})

/** A certificate that is its own authority, for a client. */
function clientCertificate(): { cert: string; key: string } {
  const keys = forge.pki.rsa.generateKeyPair(2048)
  const cert = forge.pki.createCertificate()
  cert.publicKey = keys.publicKey
  cert.serialNumber = '01'
  cert.validity.notAfter.setUTCFullYear(cert.validity.notAfter.getUTCFullYear() + 1)
  const subject = [{ name: 'commonName', value: 'a laptop' }]
  cert.setSubject(subject)
  cert.setIssuer(subject)
  cert.setExtensions([{ name: 'basicConstraints', cA: true }])
  cert.sign(keys.privateKey, forge.md.sha256.create())
  return { cert: forge.pki.certificateToPem(cert), key: forge.pki.privateKeyToPem(keys.privateKey) }
}
