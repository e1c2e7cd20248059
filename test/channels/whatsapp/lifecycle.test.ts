import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeWASocket } from 'baileys'
import t from 'tap'
import whatsapp from '../../../src/channels/whatsapp/index.js'
import { systemClock } from '../../../src/kernel/clock.js'
import { until } from '../../helper/calls.js'
import { bot } from './phone.js'
import { link, stage } from './stage.js'

const { signal } = new AbortController()

t.test('without a login the account waits and says what to run', async (t) => {
  const { state, phone } = await stage(t, { linked: false })
  await until(() => state()?.waitsFor !== undefined)
  t.match(state(), {
    running: true,
    connected: false,
    reconnectAttempts: 0,
    lastError: 'not linked; run: openclaw channels login --channel whatsapp',
  })
  t.equal(phone.sockets.length, 0)
})

t.test('login: a code that changes, the phone, one new socket at once, and it is linked', async (t) => {
  const { state, phone, connection, folder } = await stage(t, { linked: false })
  await until(() => connection() !== undefined)
  const login = connection()?.login
  if (!login) return t.fail('no login')
  const began = login.start({}, signal)
  const socket = await phone.socket(1)
  socket.emit('connection.update', { qr: 'code-1' })
  t.strictSame(await began, { state: 'waiting', qr: 'code-1' })
  const next = login.next(signal)
  socket.emit('connection.update', { qr: 'code-2' })
  t.strictSame(await next, { state: 'waiting', qr: 'code-2' })
  socket.scanned()
  const second = await phone.socket(2)
  t.match(second.config.auth.creds, { me: { id: bot.id } }, 'with what the first one has brought')
  second.open()
  t.strictSame(login.step(), { state: 'linked', identity: '+491700000001' })
  t.match(state(), { connected: true, identity: '+491700000001', waitsFor: undefined, lastError: undefined })
  t.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  t.match(readdirSync(folder).sort(), ['creds.json', 'creds.json.bak'])
})

t.test('login by a code on the phone', async (t) => {
  const { phone, connection } = await stage(t, { linked: false })
  await until(() => connection() !== undefined)
  const began = connection()?.login?.start({ phone: '491700000001' }, signal)
  const socket = await phone.socket(1)
  socket.emit('connection.update', { qr: 'not for people' })
  t.strictSame(await began, { state: 'waiting', pairingCode: 'ABCD2345' })
  socket.scanned()
  ;(await phone.socket(2)).open()
  t.match(connection()?.login?.step(), { state: 'linked' })
})

t.test('a code that nobody scans ends the login, and the next one begins anew', async (t) => {
  const { phone, connection, state } = await stage(t, { linked: false })
  await until(() => connection() !== undefined)
  const login = connection()?.login
  const began = login?.start({}, signal)
  const socket = await phone.socket(1)
  socket.emit('connection.update', { qr: 'code' })
  await began
  socket.close(408)
  await until(() => login?.step().state === 'failed')
  t.match(login?.step().error, /408/)
  t.match(state(), { running: true, reconnectAttempts: 0 })
  const again = login?.start({}, signal)
  ;(await phone.socket(2)).emit('connection.update', { qr: 'fresh' })
  t.match(await again, { qr: 'fresh' })
})

t.test('logout tells the phone and forgets the login', async (t) => {
  const { phone, connection, up, folder, state } = await stage(t)
  writeFileSync(join(folder, 'holiday.txt'), 'not ours')
  await up()
  t.equal(await connection()?.login?.logout(signal), true)
  t.equal(phone.logouts, 1)
  t.strictSame(readdirSync(folder), ['holiday.txt'])
  await until(() => state()?.waitsFor !== undefined)
  t.match(state(), { running: true, connected: false })
  t.equal(await connection()?.login?.logout(signal), false)
})

t.test('a login that stands is kept, unless it is to be replaced', async (t) => {
  const { phone, connection, up } = await stage(t)
  await up()
  t.match(await connection()?.login?.start({}, signal), { state: 'linked' })
  t.equal(phone.logouts, 0)
  const began = connection()?.login?.start({ force: true }, signal)
  ;(await phone.socket(2)).emit('connection.update', { qr: 'new' })
  t.match(await began, { state: 'waiting', qr: 'new' })
  t.equal(phone.logouts, 1)
})

t.test('401: the account stays off, is marked, and waits for a login when it is started again', async (t) => {
  const { up, state, manager, folder } = await stage(t)
  const socket = await up()
  socket.close(401)
  await until(() => state()?.running === false)
  t.match(state(), { blocked: true, lastError: /ended this login.*channels login/ })
  t.ok(readdirSync(folder).includes('logged-out.json'))
  t.ok(readdirSync(folder).includes('creds.json'), 'it is kept')
  await manager.restart('whatsapp', 'default')
  await until(() => state()?.waitsFor !== undefined)
  t.match(state(), { running: true, lastError: /^WhatsApp has ended the login; run: / })
})

t.test('440: another program has the login; there is no fight about it', async (t) => {
  const { up, state, phone } = await stage(t)
  ;(await up()).close(440)
  await until(() => state()?.connected === false)
  t.match(state(), { running: true, lastError: /another program uses this login \(440\)/ })
  t.equal(phone.sockets.length, 1)
})

t.test('515 again and again is no loop', async (t) => {
  const { phone, state } = await stage(t)
  for (let count = 1; count <= 4; count += 1) (await phone.socket(count)).close(515)
  await until(() => state()?.reconnectAttempts === 1)
  t.match(state(), { lastError: /515/ })
})

t.test('creds that are empty or broken are taken from their copy', async (t) => {
  for (const content of ['', '{"noiseKey":']) {
    const { phone, manager, folder } = await stage(t, { linked: false })
    await manager.stop('whatsapp', 'default')
    link(folder)
    const whole = readFileSync(join(folder, 'creds.json'), 'utf8')
    writeFileSync(join(folder, 'creds.json.bak'), whole)
    writeFileSync(join(folder, 'creds.json'), content)
    chmodSync(join(folder, 'creds.json'), 0o644)
    const again = await stage(t, { keys: { authDir: folder }, linked: false })
    const socket = await again.phone.socket(1)
    t.match(socket.config.auth.creds.me, { id: bot.id })
    t.equal(statSync(join(folder, 'creds.json')).mode & 0o777, 0o600)
    t.equal(phone.sockets.length, 0)
  }
})

t.test(
  'keys of sessions are files of their own, come back as they were, and go when they are taken back',
  async (t) => {
    const { phone, folder } = await stage(t)
    const { auth } = (await phone.socket(1)).config
    const session = Buffer.from([1, 2, 3])
    await auth.keys.set({
      session: { '49170:1/x': session },
      'pre-key': { '1': { public: session, private: session } },
    })
    t.strictSame(await auth.keys.get('session', ['49170:1/x', 'other']), { '49170:1/x': session })
    t.ok(readdirSync(folder).includes('session-49170-1__x.json'))
    await auth.keys.set({ session: { '49170:1/x': null } })
    t.strictSame(await auth.keys.get('session', ['49170:1/x']), {})
  },
)

t.test('the credential is the real folder, however it is named', async (t) => {
  const { folder } = await stage(t)
  const other = join(folder, '..', 'other-name')
  symlinkSync(folder, other)
  const name = (keys: Readonly<Record<string, unknown>>, own: string) =>
    whatsapp.credential?.({ channel: 'whatsapp', id: 'default', keys, path: 'channels.whatsapp' }, own)
  t.equal(name({ authDir: other }, '/nowhere'), name({}, folder))
  t.equal(name({}, join(other, 'new')), name({}, join(folder, 'new')), 'also before it is made')
  t.throws(() => name({ authDir: 'relative' }, folder), /absolute/)
})

t.test('the real library: a server that is not there is a failure of the network, and nothing falls', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const { state } = await stage(t, {
    library: (own) => ({
      ...own,
      makeSocket: (config) => makeWASocket({ ...config, waWebSocketUrl: `ws://127.0.0.1:${port}` }),
    }),
  })
  await until(() => (state()?.reconnectAttempts ?? 0) > 0)
  t.match(state(), { running: true, connected: false, blocked: undefined, lastError: /408/ })
})

t.test('a socket that comes to nothing is given up after a minute', async (t) => {
  const waits: { ms: number; run: () => void }[] = []
  const clock = {
    ...systemClock,
    after(ms: number, run: () => void) {
      waits.push({ ms, run })
      return () => {}
    },
  }
  const { phone, state } = await stage(t, { clock })
  const socket = await phone.socket(1)
  waits.find(({ ms }) => ms === 60_000)?.run()
  await until(() => state()?.reconnectAttempts === 1)
  t.match(state(), { lastError: /408/ })
  t.equal(socket.ended, true)
  for (const { run } of waits) run()
})
