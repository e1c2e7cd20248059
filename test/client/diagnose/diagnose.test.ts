import { writeFileSync } from 'node:fs'
import https from 'node:https'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import { diagnoses, stageNames } from '../../../src/client/diagnose/codes.js'
import { type Diagnosis, diagnose, refusedDiagnosis } from '../../../src/client/diagnose/index.js'
import { type ClientFlags, findGateway } from '../../../src/client/open.js'
import { mayBePlaintext } from '../../../src/client/plaintext.js'
import type { Instance } from '../../../src/instance/types.js'
import { runGateway } from '../../../src/main.js'
import { selfSigned } from '../../../src/remote/tls/generate.js'
import { freePort, startOther } from '../../cli/gateways.js'
import { testInstance, token } from '../../helper/gateway.js'
import { startSshd, withoutSshd } from '../../helper/sshd.js'
import { portOf } from '../../instance/sockets.js'

const secret = { auth: { mode: 'token' as const, token } }
const silent = { logging: { level: 'silent' as const, consoleLevel: 'silent' as const } }

async function gateway(t: Test, more: object = secret) {
  const instance = await testInstance(t, { gateway: { mode: 'local', ...more }, ...silent })
  const running = await runGateway(instance, { port: 0, bind: 'loopback' })
  t.teardown(() => running.close())
  return { instance, running, ws: running.url.replace(/^http/, 'ws') }
}

interface Wishes {
  readonly flags?: ClientFlags
  readonly config?: Config
  readonly instance?: Instance
  readonly login?: boolean
}

async function look(t: Test, { flags = {}, config = {}, instance, login }: Wishes): Promise<Diagnosis> {
  const who = instance ?? (await testInstance(t, {}))
  const explicit = flags.token !== undefined || flags.url === undefined
  const found = await findGateway({ instance: who, config, flags, purpose: explicit ? 'call' : 'probe' })
  const seen: string[] = []
  const diagnosis = await diagnose(found, {
    config,
    limitMs: 2_000,
    tunnelMs: 10_000,
    signal: new AbortController().signal,
    ...(login === undefined ? {} : { login }),
    onStage: ({ stage }) => seen.push(stage),
  })
  t.strictSame(seen, [...stageNames], 'every stage once, in order')
  t.strictSame(
    diagnosis.stages.map(({ stage }) => stage),
    [...stageNames],
  )
  t.notMatch(JSON.stringify(diagnosis), token, 'no secret in it')
  t.notMatch(JSON.stringify(diagnosis), /\{\w+\}/, 'every text is filled')
  return diagnosis
}

const codes = ({ stages }: Diagnosis) => stages.map(({ code }) => code).join(' ')

t.test('all is well', async (t) => {
  const { ws } = await gateway(t)
  const found = await look(t, { flags: { url: ws, token } })
  t.equal(codes(found), 'NOT_USED DNS_LITERAL TCP_OK TLS_NOT_USED HTTP_OK AUTH_OK PAIRING_NOT_NEEDED SCOPE_ADMIN')
  t.match(found, { ok: true, code: 'OK', gateway: { instanceId: String } })
  const shy = await look(t, { flags: { url: ws, token: 'wrong' }, login: false })
  t.match(codes(shy), /HTTP_OK NOT_ASKED NOT_ASKED NOT_ASKED$/)
})

t.test('names and ports', async (t) => {
  const nowhere = await look(t, { flags: { url: 'wss://nowhere.invalid', token } })
  t.match(nowhere.code, /^DNS_/)
  t.match(codes(nowhere), /(NOT_REACHED ?){6}$/)
  const refused = await look(t, { flags: { url: `ws://127.0.0.1:${await freePort()}`, token } })
  t.equal(refused.code, 'TCP_REFUSED')
  t.match(refused.stages.find(({ code }) => code === 'TCP_REFUSED')?.next, /gateway run/)
  const { running } = await gateway(t)
  t.match(codes(await look(t, { flags: { url: `ws://localhost:${running.port}`, token } })), /^NOT_USED DNS_OK TCP_OK/)
})

t.test('what else answers over HTTP', async (t) => {
  const say = (status: number, headers: Record<string, string> = {}, body = '') =>
    startOther(t, (_request, response) => void response.writeHead(status, headers).end(body))
  const table: [string, number][] = [
    ['HTTP_PROXY_DOWN', await say(502)],
    ['HTTP_NOT_GATEWAY', await say(200, {}, '<html>')],
    ['HTTP_REDIRECT', await say(302, { location: 'https://login.example.com/start?state=abc' })],
    ['HTTP_HOST_REFUSED', await say(403, {}, '{"error":{"code":"host_not_allowed"}}')],
    ['HTTP_NOT_READY', await say(503, {}, '{"ready":false,"failing":["storage"]}')],
    [
      'HTTP_FAILED',
      await portOf(
        t,
        createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')),
      ),
    ],
  ]
  for (const [code, port] of table) {
    t.test(code, async (t) => {
      const found = await look(t, { flags: { url: `ws://127.0.0.1:${port}`, token }, login: false })
      t.match(codes(found), code)
      t.notMatch(JSON.stringify(found), 'state=abc')
    })
  }
})

t.test('TLS', async (t) => {
  const serve = async (names: string[], at = Date.now()) => {
    const server = https.createServer(await selfSigned(names, at), (_request, response) =>
      response.end('{"ready":true}'),
    )
    t.teardown(() => server.closeAllConnections())
    return portOf(t, server)
  }
  const good = await serve(['localhost'])
  const { running, ws } = await gateway(t, { ...secret, tls: { enabled: true } })
  const own = await look(t, { flags: { url: ws, token } })
  t.equal(own.code, 'TLS_UNTRUSTED')
  const shown = own.stages.find(({ code }) => code === 'TLS_UNTRUSTED')?.values.shown ?? ''
  const pinned = await look(t, { flags: { url: ws, token, tlsFingerprint: shown } })
  t.match(codes(pinned), 'TLS_PINNED HTTP_OK AUTH_OK')
  const plain = await look(t, { flags: { url: `ws://127.0.0.1:${running.port}`, token } })
  t.equal(plain.code, 'HTTP_TLS_REQUIRED')
  t.equal(
    (await look(t, { flags: { url: `wss://127.0.0.1:${good}`, token, tlsFingerprint: shown } })).code,
    'TLS_PIN_MISMATCH',
  )
  const open = await gateway(t)
  t.equal((await look(t, { flags: { url: open.ws.replace('ws:', 'wss:'), token } })).code, 'TLS_NOT_SPOKEN')
  const gone = await portOf(
    t,
    createServer((socket) => socket.destroy()),
  )
  t.equal((await look(t, { flags: { url: `wss://127.0.0.1:${gone}`, token } })).code, 'TLS_FAILED')
  const refused = refusedDiagnosis('example.com', 'ws://example.com')
  t.equal(
    codes(refused),
    'NOT_USED NOT_REACHED NOT_REACHED TLS_PLAINTEXT_REFUSED NOT_REACHED NOT_REACHED NOT_REACHED NOT_REACHED',
  )
})

t.test('who is let in', async (t) => {
  const { ws } = await gateway(t)
  const wrong = await look(t, { flags: { url: ws, token: 'wrong-token' } })
  t.equal(wrong.code, 'AUTH_WRONG')
  t.match(wrong.stages.find(({ code }) => code === 'AUTH_WRONG')?.next, /gateway\.auth\.token/)
  t.notMatch(JSON.stringify(wrong), 'wrong-token')
  t.match((await look(t, { flags: { url: ws } })).code, /^AUTH_MISSING$|^AUTH_REFUSED$/)
  const none = await gateway(t, { auth: { mode: 'none' } })
  t.match(codes(await look(t, { flags: { url: none.ws } })), /AUTH_\w+ PAIRING_\w+ SCOPE_ADMIN$/)
  const client = await testInstance(t, {})
  const broken: Config = {
    gateway: { mode: 'remote', remote: { url: ws, token: { source: 'env', provider: 'default', id: 'NOT_SET' } } },
  }
  const found = await findGateway({ instance: client, config: broken, flags: {}, purpose: 'probe' })
  const options = { config: broken, limitMs: 2_000, tunnelMs: 1_000, signal: new AbortController().signal }
  t.equal((await diagnose(found, options)).code, 'AUTH_UNREADABLE')
})

const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

t.test('a device that has to be approved first', { skip: address ? false : 'no address but loopback' }, async (t) => {
  const instance = await testInstance(t, { gateway: { mode: 'local', ...secret }, ...silent })
  const running = await runGateway(instance, { port: 0, bind: 'lan' })
  t.teardown(() => running.close())
  // An address of this machine: the packets stay here, but the gateway sees a stranger.
  const url = `ws://${address}:${running.port}`
  if (!mayBePlaintext(address ?? '')) return t.pass('this machine has a public address only')
  const found = await look(t, { flags: { url, token } })
  t.match(codes(found), /AUTH_OK PAIRING_REQUIRED NOT_REACHED$/)
  t.match(found.stages.find(({ code }) => code === 'PAIRING_REQUIRED')?.next, /openclaw devices approve \S+$/)
})

t.test('through ssh', { skip: withoutSshd() }, async (t) => {
  const sshd = await startSshd(t)
  const { running } = await gateway(t)
  const client = await testInstance(t, {}, {}, { PATH: sshd.path })
  const localPort = await freePort()
  const remote = { url: `ws://127.0.0.1:${localPort}`, token, sshTarget: sshd.target, sshIdentity: sshd.identity }
  const config = (remotePort: number): Config => ({ gateway: { mode: 'remote', remote: { ...remote, remotePort } } })
  const well = await look(t, { instance: client, config: config(running.port) })
  t.match(codes(well), /^TUNNEL_OPENED DNS_LITERAL TCP_OK TLS_NOT_USED HTTP_OK AUTH_OK/)
  const empty = await look(t, { instance: client, config: config(await freePort()) })
  t.equal(empty.code, 'HTTP_FAILED')
  writeFileSync(join(sshd.folder, 'known_hosts'), '')
  const unknown = await look(t, { instance: client, config: config(running.port) })
  t.equal(unknown.code, 'TUNNEL_FAILED')
  t.match(unknown.stages[0]?.message, /host key/)
})

t.test('the table', async (t) => {
  for (const [code, { outcome, next }] of Object.entries(diagnoses)) {
    t.match(code, /^[A-Z_]+$/)
    t.equal(
      next !== '',
      outcome === 'failed' || outcome === 'warning',
      `${code} says what to do exactly when there is something to do`,
    )
  }
})
