import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildGateway } from '../../../src/app.js'
import { loadChannel } from '../../../src/channels/accounts.js'
import { whatsappOver } from '../../../src/channels/whatsapp/channel.js'
import { cliFor } from '../../cli/harness.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance, token } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'
import { Phone } from './phone.js'

/** A whole gateway; only the library of this channel has nobody behind it. */
async function stage(t: Test, channels: object = { whatsapp: {} }) {
  const phone = new Phone()
  const instance = await testInstance(t, testConfig({ channels }))
  const channel = whatsappOver(async () => phone.library)
  const app = await buildGateway(instance, {
    loadChannel: async (name) => (name === 'whatsapp' ? channel : loadChannel(name)),
  })
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', url, '--token', token]
  return { phone, instance, url, run: (...argv: string[]) => cli.run(...argv, ...where) }
}

t.test('web.login: a code, the next one, linked; then logout', async (t) => {
  const { phone, url } = await stage(t)
  const socket = await connected(t, url)
  const began = socket.call('web.login.start', {})
  const first = await phone.socket(1)
  first.emit('connection.update', { qr: 'code-1' })
  const one = await began
  t.match(one, { connected: false, qr: 'code-1', qrDataUrl: /^data:image\/png;base64,/ })
  const waited = socket.call('web.login.wait', { currentQrDataUrl: one.qrDataUrl })
  first.emit('connection.update', { qr: 'code-2' })
  const two = await waited
  t.match(two, { connected: false, qr: 'code-2' })
  const end = socket.call('web.login.wait', { currentQrDataUrl: two.qrDataUrl })
  first.scanned()
  ;(await phone.socket(2)).open()
  t.match(await end, { connected: true, message: 'Linked as +491700000001.' })
  t.match(await socket.call('web.login.start', {}), { connected: true })
  t.match(await socket.call('channels.logout', { channel: 'whatsapp' }), { accountId: 'default', cleared: true })
  t.match(await socket.call('channels.logout', { channel: 'whatsapp' }), { cleared: false })
  t.match(await socket.call('web.login.wait', { timeoutMs: 1 }), { connected: false })
})

t.test('channels login and logout on the command line', async (t) => {
  const { phone, run } = await stage(t)
  const login = run('channels', 'login', '--channel', 'whatsapp')
  const first = await phone.socket(1)
  first.emit('connection.update', { qr: 'code-1' })
  first.scanned()
  ;(await phone.socket(2)).open()
  t.match(await login, { code: 0, stdout: 'whatsapp/default is linked (+491700000001).' })
  t.match(await run('channels', 'logout', '--json'), { code: 0, stdout: /"cleared": ?true/ })
})

t.test('channels login with a code to type in; one that is over says so', async (t) => {
  const { phone, run } = await stage(t)
  const login = run('channels', 'login', '--pairing-code', '+49 170 0000001', '--json')
  const first = await phone.socket(1)
  const asked = new Promise((resolve) => first.once('asked', resolve))
  first.emit('connection.update', { qr: 'not for people' })
  await asked
  first.close(408)
  const { code, stderr } = await login
  t.equal(code, 1)
  t.match(stderr, /408/)
})

t.test('an account that was logged out is started for its login', async (t) => {
  const { phone, url } = await stage(t)
  const socket = await connected(t, url)
  const began = socket.call('web.login.start', {})
  const first = await phone.socket(1)
  first.emit('connection.update', { qr: 'code' })
  await began
  first.scanned()
  const second = await phone.socket(2)
  second.open()
  second.close(401)
  const state = async () => (await socket.call('channels.status', {})).channelAccounts.whatsapp[0]
  await until(async () => (await state()).running === false)
  const again = socket.call('web.login.start', {})
  ;(await phone.socket(3)).emit('connection.update', { qr: 'fresh' })
  t.match(await again, { qr: 'fresh' })
})

t.test('what has no login is told', async (t) => {
  const { run } = await stage(t, {})
  t.match(await run('channels', 'login'), { code: 1, stderr: /no account whatsapp/ })
})
