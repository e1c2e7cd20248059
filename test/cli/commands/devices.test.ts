import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Connect, newDevice } from '../../devices/world.js'
import { testConfig, token } from '../../helper/gateway.js'
import { connectAs, connectedAs, openSocket } from '../../helper/socket.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

const phone: Connect = { client: 'app', scopes: ['operator.read', 'operator.pairing'] }

/** A gateway that asks about every device. */
async function running(t: Test, auth: object = { mode: 'token', token }) {
  const cli = cliFor(t)
  cli.writeConfig(testConfig({ gateway: { mode: 'local', auth, nodes: { pairing: { autoApproveLocal: false } } } }))
  const gateway = await startGateway(t, cli.home)
  const url = `ws://127.0.0.1:${gateway.port}/`
  const json = async (...argv: string[]) => JSON.parse((await cli.run(...argv, '--json')).stdout)
  /** A device that asks to be let in; gives the id of its request. */
  const ask = async (device = newDevice()): Promise<string> => {
    const { error } = await connectAs(await openSocket(t, url), { ...phone, device })
    return error?.details?.requestId as string
  }
  return { cli, url, json, ask }
}

t.test('asked, shown, approved, renamed, removed', async (t) => {
  const { cli, url, json, ask } = await running(t)
  t.match(await cli.run('devices', 'list'), { code: 0, stdout: 'No device is paired, and none waits.\n', stderr: '' })
  t.match(await cli.run('devices', 'approve'), { code: 1, stdout: 'No device waits for approval.\n' })
  t.match(await cli.run('devices', 'approve', '--latest'), { code: 1, stderr: /No device waits/ })

  const device = newDevice()
  const requestId = await ask(device)
  t.match(await cli.run('devices', 'list'), {
    code: 0,
    stdout: new RegExp(`Waiting for approval\n[\\s\\S]*${requestId}`),
  })
  t.match(await json('devices', 'list'), { pending: [{ requestId, deviceId: device.deviceId }], paired: [] })
  t.match(await cli.run('devices', 'approve'), {
    code: 1,
    stdout: new RegExp(`${requestId}[\\s\\S]*Try: openclaw devices approve --latest`),
  })
  t.match(await cli.run('devices', 'approve', requestId, '--latest'), { code: 2, stderr: /not both/ })
  t.match(await cli.run('devices', 'approve', requestId), { code: 0, stdout: /^Approved .*operator\.read/ })
  t.match(await cli.run('devices', 'approve', requestId), { code: 1, stderr: /unknown requestId/ })

  await connectedAs(t, url, { ...phone, device })
  const prefix = device.deviceId.slice(0, 12)
  t.match(await cli.run('devices', 'list'), { stdout: new RegExp(`${prefix} .* connected\n`) })
  t.match(await cli.run('devices', 'rename', prefix, 'pocket'), { code: 0, stdout: /is now called pocket\.\n$/ })
  t.match(await json('devices', 'rename', 'pocket', 'desk'), { deviceId: device.deviceId, label: 'desk' })
  t.match(await cli.run('devices', 'remove', 'nobody'), { code: 1, stderr: /no paired device "nobody"/ })
  t.match(await cli.run('devices', 'remove', 'desk'), { code: 0, stdout: 'Removed desk.\n' })
  t.match(await json('devices', 'list'), { pending: [], paired: [] })
})

t.test('--latest is the newest; a rejected one is gone; a name that fits two is refused', async (t) => {
  const { cli, json, ask } = await running(t)
  const [older, newer] = [await ask(), await ask()]
  t.match(await json('devices', 'approve', '--latest'), { requestId: newer })
  t.match(await cli.run('devices', 'reject', older), { code: 0, stdout: `Rejected the request ${older}.\n` })
  t.match(await cli.run('devices', 'reject', older), { code: 1, stderr: /unknown requestId/ })
  await ask()
  await json('devices', 'approve', '--latest')
  const { paired } = await json('devices', 'list')
  t.equal(paired.length, 2)
  for (const { deviceId } of paired) await cli.run('devices', 'rename', deviceId, 'twin')
  t.match(await cli.run('devices', 'remove', 'twin'), { code: 2, stderr: /2 devices fit "twin"/ })
})

t.test('tokens: rotate and revoke end the connection; the value is never printed', async (t) => {
  const { cli, url, ask } = await running(t)
  const device = newDevice()
  await cli.run('devices', 'approve', await ask(device))
  const first = await connectedAs(t, url, { ...phone, device })
  const rotated = await cli.run('devices', 'rotate', '--device', device.deviceId, '--role', 'operator', '--json')
  t.equal(rotated.code, 0)
  t.match(JSON.parse(rotated.stdout), { tokenDelivery: 'withheld-cross-device', role: 'operator' })
  t.match(await first.socket.end(), { code: Number })
  const { hello } = await connectedAs(t, url, { ...phone, device })
  t.notMatch(rotated.stdout, hello.auth.deviceToken)
  t.match(await cli.run('devices', 'revoke', '--device', device.deviceId), {
    code: 0,
    stdout: /^Ended the operator token/,
  })
  t.match(await cli.run('devices', 'revoke'), { code: 2, stderr: /--device/ })
  t.match(await cli.run('devices', 'rotate', '--device', 'x', '--scope', 'a', '--no-scopes'), {
    code: 2,
    stderr: /not both/,
  })
})

t.test('the first device is approved where the gateway runs, with no secret and no device', async (t) => {
  const { cli, ask } = await running(t)
  const requestId = await ask()
  // The token that the gateway was started with is known to nobody here; the state directory can be read.
  const owner = cliFor(t, { home: cli.home, env: { OPENCLAW_GATEWAY_TOKEN: 'not-that-one' } })
  t.match(await owner.run('devices', 'approve', requestId), { code: 0, stdout: /^Approved/ })
  t.ok(readdirSync(join(cli.home, '.openclaw', 'credentials')).includes('identity.json'))
  t.match(await owner.run('devices', 'list', '--token', 'wrong'), { code: 1, stderr: /did not accept the credential/ })
})

t.test('remote mode without a secret: said in words; with one, nothing is paired on this machine', async (t) => {
  const { url, json } = await running(t)
  const far = cliFor(t)
  const remote = (more: object) => far.writeConfig({ gateway: { mode: 'remote', remote: { url, ...more } } })
  remote({})
  const first = await far.run('devices', 'list')
  t.match(first, { code: 1, stderr: /wants a token or a password/ })
  remote({ token })
  t.match(await far.run('devices', 'list'), { code: 0 }, 'on this machine the secret is enough')
  t.match(await json('devices', 'list'), { paired: [] })
})

t.test('a gateway that is down', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort(), auth: { token } } })
  const commands = [
    ['list'],
    ['approve'],
    ['approve', 'x'],
    ['reject', 'x'],
    ['remove', 'x'],
    ['rename', 'x', 'y'],
    ['rotate', '--device', 'x'],
    ['revoke', '--device', 'x'],
  ]
  for (const argv of commands) {
    const ran = await cli.run('devices', ...argv)
    t.match(ran, { code: 1, stdout: '', stderr: /is not running\.\nTry: openclaw gateway run/ }, argv.join(' '))
  }
})
