import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { identityPath, openIdentity } from '../../src/devices/identity-file.js'
import { type Connect, newDevice } from '../devices/world.js'
import { testFolder } from '../helper/folder.js'
import { startGateway } from '../helper/process.js'
import { connectAs, connectedAs, openSocket } from '../helper/socket.js'

const token = 'pairing-token-0123456789'
const nobodys = 'a-token-that-nobody-remembers'

/** A gateway process in a home of its own that can be killed and started again. */
async function start(t: Test, home: string, port: number) {
  const gateway = await startGateway(home, port)
  t.teardown(() => gateway.kill())
  return { kill: () => gateway.kill(), url: `ws://127.0.0.1:${port}/` }
}

t.test('kill -9 at every step of pairing: whoever was told something is right', async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const port = 20_000 + ((process.pid * 7) % 20_000)
  const configure = (secret: string) =>
    writeFileSync(
      join(state, 'openclaw.json'),
      JSON.stringify({
        gateway: { mode: 'local', auth: { token: secret }, nodes: { pairing: { autoApproveLocal: false } } },
      }),
    )
  mkdirSync(state, { mode: 0o700 })
  configure(token)
  const device = newDevice()
  const phone: Connect = { client: 'app', device, scopes: ['operator.read'], auth: { token } }

  let gateway = await start(t, home, port)
  const refused = await connectAs(await openSocket(t, gateway.url), phone)
  const requestId = refused.error?.details?.requestId
  t.match(refused.error, { details: { code: 'PAIRING_REQUIRED', requestId: String } })
  await gateway.kill()

  // Nobody knows the secret any more; the files are enough.
  configure(nobodys)
  gateway = await start(t, home, port)
  const owner = await openIdentity(identityPath(join(state, 'credentials')))
  const first = await connectedAs(t, gateway.url, { device: owner, auth: {} })
  t.match(await first.socket.call('device.pair.list'), { pending: [{ requestId, deviceId: device.deviceId }] })
  await first.socket.call('device.pair.approve', { requestId })
  await gateway.kill()

  configure(token)
  gateway = await start(t, home, port)
  const { hello } = await connectedAs(t, gateway.url, phone)
  const { deviceToken } = hello.auth
  await gateway.kill()

  gateway = await start(t, home, port)
  const again = await connectedAs(t, gateway.url, { ...phone, auth: { deviceToken } })
  t.match(again.hello.auth, { method: 'device-token', deviceToken, scopes: ['operator.read'] })
  const second = await connectedAs(t, gateway.url, { device: owner, auth: {} })
  await second.socket.call('device.token.revoke', { deviceId: device.deviceId, role: 'operator' })
  await gateway.kill()

  gateway = await start(t, home, port)
  const stale = await connectAs(await openSocket(t, gateway.url), { ...phone, auth: { deviceToken } })
  t.match(stale.error, { details: { code: 'AUTH_DEVICE_TOKEN_MISMATCH' } })
})
