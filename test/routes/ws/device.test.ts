import t, { type Test } from 'tap'
import { identityPath, openIdentity } from '../../../src/devices/identity-file.js'
import { type Connect, newDevice } from '../../devices/world.js'
import { testConfig, token } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { startGatewayWith } from '../../helper/running.js'
import { connectAs, connected, connectedAs, openSocket } from '../../helper/socket.js'

const schema = new ProtocolSchema()

/** A gateway that asks about every device, and an operator of it. */
async function start(t: Test, auth: object = { mode: 'token', token }) {
  const config = testConfig({ gateway: { mode: 'local', auth, nodes: { pairing: { autoApproveLocal: false } } } })
  const gateway = await startGatewayWith(t, { config })
  const url = `ws://127.0.0.1:${gateway.port}/`
  return { gateway, url }
}

const phone: Connect = { client: 'app', scopes: ['operator.read', 'operator.pairing'] }

t.test('asked, announced, approved, let in, and let in again with the token', async (t) => {
  const { url } = await start(t)
  const operator = await connected(t, url)
  const device = newDevice()
  const stranger = await openSocket(t, url)
  const answer = await connectAs(stranger, { ...phone, device })
  const requestId = answer.error?.details?.requestId as string
  t.match(answer.error, { code: 'NOT_PAIRED', details: { code: 'PAIRING_REQUIRED', reason: 'not-paired' } })
  t.match(await stranger.end(), {
    code: 1008,
    reason: `pairing required: device is not approved yet (requestId: ${requestId})`,
  })
  const announced = await operator.event('device.pair.requested')
  t.match(announced.payload, { requestId, deviceId: device.deviceId, role: 'operator', clientId: 'openclaw-macos' })
  t.strictSame(schema.problems('DevicePairRequestedEvent', announced.payload), [])
  t.match(await operator.call('device.pair.list'), { pending: [announced.payload], paired: [] })

  const approved = await operator.call('device.pair.approve', { requestId })
  t.match(approved, { requestId, device: { deviceId: device.deviceId, approvedVia: 'operator', connected: false } })
  const resolved = await operator.event('device.pair.resolved')
  t.match(resolved.payload, { requestId, deviceId: device.deviceId, decision: 'approved' })
  t.strictSame(schema.problems('DevicePairResolvedEvent', resolved.payload), [])

  const { hello } = await connectedAs(t, url, { ...phone, device })
  t.match(hello.auth, {
    role: 'operator',
    method: 'token',
    scopes: phone.scopes,
    deviceToken: /^[\w-]{43}$/,
    issuedAtMs: Number,
  })
  const { deviceToken } = hello.auth
  const auth = { token: deviceToken, deviceToken }
  const again = await connectedAs(t, url, { ...phone, device, auth })
  t.match(again.hello.auth, { method: 'device-token', deviceToken })
  const { paired, pending } = await operator.call('device.pair.list')
  t.strictSame(pending, [])
  t.match(paired, [
    { connected: true, lastSeenReason: 'connect', tokens: [{ role: 'operator', lastUsedAtMs: Number }] },
  ])
  t.notMatch(JSON.stringify(paired), deviceToken)
  t.match((await operator.request('device.pair.approve', { requestId })).error, {
    code: 'INVALID_REQUEST',
    message: 'unknown requestId',
  })
})

t.test('a rotated token is told to its own device, and its sockets go', async (t) => {
  const { url } = await start(t)
  const operator = await connected(t, url)
  const device = newDevice()
  const ask = await connectAs(await openSocket(t, url), { ...phone, device })
  await operator.call('device.pair.approve', { requestId: ask.error?.details?.requestId })
  const { hello } = await connectedAs(t, url, { ...phone, device })
  const old = { deviceToken: hello.auth.deviceToken }
  const { socket } = await connectedAs(t, url, { ...phone, device, auth: old })

  const params = { deviceId: device.deviceId, role: 'operator' }
  const own = await socket.call('device.token.rotate', params)
  t.match(own, { ...params, tokenDelivery: 'in-band', token: /^[\w-]{43}$/, rotatedAtMs: Number })
  t.strictSame(schema.problems('DeviceTokenRotateResult', own), [])
  t.match(await socket.end(), { code: 4001, reason: 'client invalidated: device token rotated' })
  const stale = await connectAs(await openSocket(t, url), { ...phone, device, auth: old })
  t.match(stale.error, { details: { code: 'AUTH_DEVICE_TOKEN_MISMATCH' } })
  const { socket: renewed } = await connectedAs(t, url, { ...phone, device, auth: { deviceToken: own.token } })

  const others = await operator.call('device.token.rotate', { ...params, scopes: ['operator.read'] })
  t.match(others, { tokenDelivery: 'withheld-cross-device', scopes: ['operator.read'] })
  t.notOk('token' in others)
  t.strictSame(schema.problems('DeviceTokenRotateResult', others), [])
  t.match(await renewed.end(), { code: 4001 })

  t.match(await operator.call('device.token.revoke', params), { ...params, revokedAtMs: Number })
  for (const wrong of [
    { deviceId: device.deviceId, role: 'node' },
    { deviceId: 'nobody', role: 'operator' },
  ]) {
    const denied = (method: string) => operator.request(`device.token.${method}`, wrong)
    t.match((await denied('rotate')).error, { code: 'INVALID_REQUEST', message: 'device token rotation denied' })
    t.match((await denied('revoke')).error, { code: 'INVALID_REQUEST', message: 'device token revocation denied' })
  }
})

t.test('a device that is removed is gone at once', async (t) => {
  const { url } = await start(t)
  const operator = await connected(t, url)
  const device = newDevice()
  const ask = await connectAs(await openSocket(t, url), { ...phone, device })
  await operator.call('device.pair.approve', { requestId: ask.error?.details?.requestId })
  const { socket } = await connectedAs(t, url, { ...phone, device })
  const { deviceId } = device
  t.strictSame(await operator.call('device.pair.rename', { deviceId, label: ' Ann’s phone\u0007 ' }), {
    deviceId,
    label: 'Ann’s phone',
  })
  t.match(await operator.call('device.pair.list'), { paired: [{ label: 'Ann’s phone' }] })
  t.strictSame(await operator.call('device.pair.remove', { deviceId }), { deviceId })
  t.match(await socket.end(), { code: 4001, reason: 'client invalidated: device removed' })
  t.match(await operator.call('device.pair.list'), { paired: [] })
  for (const [method, params] of [
    ['remove', { deviceId }],
    ['rename', { deviceId, label: 'x' }],
  ] as const) {
    t.match((await operator.request(`device.pair.${method}`, params)).error, { message: 'unknown deviceId' })
  }
})

t.test('a rejected device asks anew', async (t) => {
  const { url } = await start(t)
  const operator = await connected(t, url)
  const device = newDevice()
  const ask = async () => (await connectAs(await openSocket(t, url), { ...phone, device })).error?.details?.requestId
  const first = await ask()
  t.equal(await ask(), first, 'the same wish keeps its id')
  t.strictSame(await operator.call('device.pair.reject', { requestId: first }), {
    requestId: first,
    deviceId: device.deviceId,
  })
  t.match((await operator.event('device.pair.resolved')).payload, { decision: 'rejected' })
  t.not(await ask(), first)
})

t.test('a device without admin sees only itself', async (t) => {
  const { url } = await start(t)
  const operator = await connected(t, url)
  const [mine, other, third] = [newDevice(), newDevice(), newDevice()]
  for (const device of [mine, other]) {
    const ask = await connectAs(await openSocket(t, url), { ...phone, device })
    await operator.call('device.pair.approve', { requestId: ask.error?.details?.requestId })
  }
  const { hello } = await connectedAs(t, url, { ...phone, device: mine })
  const { socket } = await connectedAs(t, url, {
    ...phone,
    device: mine,
    auth: { deviceToken: hello.auth.deviceToken },
  })
  await connectAs(await openSocket(t, url), { ...phone, device: third })
  const { pending } = await operator.call('device.pair.list')
  t.equal(pending.length, 1)
  const { paired, pending: seen } = await socket.call('device.pair.list')
  t.strictSame([paired.length, paired[0].deviceId, seen.length], [1, mine.deviceId, 0])
  t.notOk(
    socket.frames.some(
      ({ event, payload }) => event === 'device.pair.requested' && payload.deviceId === third.deviceId,
    ),
  )
  for (const [method, params, message] of [
    ['device.pair.approve', { requestId: pending[0].requestId }, 'unknown requestId'],
    ['device.pair.reject', { requestId: pending[0].requestId }, 'unknown requestId'],
    ['device.pair.remove', { deviceId: other.deviceId }, 'unknown deviceId'],
    ['device.pair.rename', { deviceId: other.deviceId, label: 'x' }, 'unknown deviceId'],
    ['device.token.rotate', { deviceId: other.deviceId, role: 'operator' }, 'device token rotation denied'],
    ['device.token.revoke', { deviceId: other.deviceId, role: 'operator' }, 'device token revocation denied'],
    [
      'device.token.rotate',
      { deviceId: mine.deviceId, role: 'operator', scopes: ['operator.admin'] },
      'device token rotation denied',
    ],
  ] as const) {
    t.match((await socket.request(method, params)).error, { code: 'INVALID_REQUEST', message }, method)
  }
})

t.test('whoever can read the state directory approves the first device, whatever auth says', async (t) => {
  const { gateway, url } = await start(t, { mode: 'token', token: 'a-token-that-nobody-remembers' })
  const owner = await openIdentity(identityPath(gateway.instance.paths.credentials))
  const device = newDevice()
  const auth = { token: 'a-token-that-nobody-remembers' }
  const ask = await connectAs(await openSocket(t, url), { ...phone, device, auth })
  const requestId = ask.error?.details?.requestId
  const { socket, hello } = await connectedAs(t, url, { device: owner, auth: {}, scopes: ['operator.admin'] })
  t.match(hello.auth, { role: 'operator', method: 'bootstrap-token', scopes: ['operator.admin'] })
  t.notOk('deviceToken' in hello.auth)
  t.match(await socket.call('device.pair.approve', { requestId }), { device: { approvedVia: 'owner' } })
  await connectedAs(t, url, { ...phone, device, auth })
  t.match(await socket.call('gateway.identity.get'), { deviceId: owner.deviceId, publicKey: owner.publicKey })
  const wrongToken = await connectedAs(t, url, { device: owner, auth: { token: 'old' }, scopes: [] })
  t.strictSame(wrongToken.hello.auth.scopes, [])
  const page = await openSocket(t, url, { headers: { origin: `http://127.0.0.1:${gateway.port}` } })
  t.match((await connectAs(page, { device: owner, auth: {}, client: 'page' })).error, {
    details: { code: 'AUTH_TOKEN_MISSING' },
  })
})
