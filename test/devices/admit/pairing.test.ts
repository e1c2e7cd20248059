import t from 'tap'
import type { Admitted } from '../../../src/devices/admission.js'
import type { Manager } from '../../../src/devices/types.js'
import { type Connect, newDevice, openWorld, PAGE, PASSWORD, TOKEN, type World, word } from '../world.js'

const admin: Manager = { scopes: ['operator.admin'], method: 'token', deviceId: undefined }
const far = '203.0.113.9'
const client = (more: object) => ({ client: { id: 'cli', mode: 'cli', version: '1', platform: 'linux', ...more } })

async function come(world: World, connect: Connect): Promise<Admitted> {
  const admission = await world.connect(connect)
  if (!admission.ok) throw new Error(admission.error.message)
  return admission
}

/** Pairs a device from the network as an operator would. */
async function pair(world: World, connect: Connect): Promise<void> {
  const refused = await world.connect({ peer: far, ...connect })
  const { requestId } = (!refused.ok && refused.error.details) as { requestId: string }
  await world.devices.approve(requestId, admin)
}

t.test('on this machine more scopes are a matter of asking, and make another token', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const first = await come(world, { device, scopes: ['operator.read'] })
  t.equal((await come(world, { device, scopes: ['operator.read'] })).deviceToken, first.deviceToken, 'the same grant')
  t.equal((await come(world, { device, scopes: [] })).deviceToken, first.deviceToken, 'less is covered')
  const more = await come(world, { device, scopes: ['operator.admin'] })
  t.not(more.deviceToken, first.deviceToken)
  const withOld = { auth: { deviceToken: first.deviceToken ?? '' } }
  t.equal(word(await world.connect({ device, scopes: [], ...withOld })), 'AUTH_DEVICE_TOKEN_MISMATCH')
  t.match(await world.store.devices.get(device.deviceId), {
    approvedVia: 'silent',
    scopes: ['operator.read', 'operator.admin'],
  })
})

t.test('with the device token nothing is upgraded silently', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const { deviceToken = '' } = await come(world, { device, scopes: ['operator.write'] })
  const auth = { token: deviceToken, deviceToken }
  t.equal(word(await world.connect({ device, auth, scopes: ['operator.read'] })), 'device-token read token')
  t.equal(
    word(await world.connect({ device, auth, scopes: ['operator.talk', 'operator.write'] })),
    'device-token talk+write token',
  )
  t.equal(word(await world.connect({ device, auth, scopes: ['operator.admin'] })), 'AUTH_SCOPE_MISMATCH')
  const { error } = (await world.connect({ device, auth, scopes: ['operator.pairing'] })) as {
    error?: { message: string }
  }
  t.match(error?.message, /^unauthorized: device token scope mismatch \(/)
  const moved = await world.connect({ device, auth, scopes: [], params: client({ platform: 'darwin' }) })
  t.equal(word(moved), 'PAIRING_REQUIRED metadata-upgrade')
  t.equal(
    word(await world.connect({ client: 'node', device, auth })),
    'AUTH_DEVICE_TOKEN_MISMATCH',
    'a token is for one role',
  )
  t.equal(
    word(await world.connect({ device: newDevice(), auth, scopes: [] })),
    'AUTH_DEVICE_TOKEN_MISMATCH',
    'and for one device',
  )
})

t.test('roles and machines', async (t) => {
  const rows: readonly [string, Connect, Connect, string][] = [
    ['an operator becomes a node too', {}, { client: 'node' }, 'token - token'],
    ['a node does not become an operator', { client: 'node' }, {}, 'PAIRING_REQUIRED role-upgrade'],
    ['not even for nothing', { client: 'node' }, { scopes: [] }, 'PAIRING_REQUIRED role-upgrade'],
    ['another system', {}, { params: client({ platform: 'darwin' }) }, 'token admin token'],
    [
      'a newer system',
      { params: client({ platform: 'iOS 18.1' }), peer: far },
      { params: client({ platform: 'iOS 26.0' }), peer: far },
      'token admin token',
    ],
    [
      'another system from the network',
      { peer: far },
      { params: client({ platform: 'darwin' }), peer: far },
      'PAIRING_REQUIRED metadata-upgrade',
    ],
    [
      'another family from the network',
      { params: client({ deviceFamily: 'iPhone' }), peer: far },
      { params: client({ deviceFamily: 'iPad' }), peer: far },
      'PAIRING_REQUIRED metadata-upgrade',
    ],
    [
      'more scopes from the network',
      { scopes: ['operator.read'], peer: far },
      { peer: far },
      'PAIRING_REQUIRED scope-upgrade',
    ],
    ['fewer scopes from the network', { peer: far }, { scopes: ['operator.read'], peer: far }, 'token read token'],
    [
      'a page on another system',
      { client: 'page' },
      {
        client: 'page',
        params: { client: { id: 'openclaw-control-ui', mode: 'webchat', version: '1', platform: 'darwin' } },
      },
      'PAIRING_REQUIRED metadata-upgrade',
    ],
  ]
  for (const [name, before, after, expected] of rows) {
    const world = await openWorld(t)
    const device = newDevice()
    if (before.peer) await pair(world, { ...before, device })
    else await come(world, { ...before, device })
    t.equal(word(await world.connect({ ...after, device })), expected, name)
  }
})

t.test('what was approved for more keeps its token, which may do more', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  await pair(world, { device, scopes: ['operator.read'] })
  const { deviceToken = '' } = await come(world, { device, scopes: ['operator.read'], peer: far })
  await pair(world, { device, scopes: ['operator.write'] })
  const again = await come(world, { device, scopes: ['operator.write'], peer: far, auth: { deviceToken } })
  t.equal(again.deviceToken, deviceToken)
  t.match(again.caller, { method: 'device-token', scopes: ['operator.write'] })
})

t.test('the token of a page ends with the secret that it was made from; others stay', async (t) => {
  const world = await openWorld(t)
  const [page, program] = [newDevice(), newDevice()]
  const paged = await come(world, { client: 'page', device: page })
  const programmed = await come(world, { device: program })
  t.type(paged.caller.secretGeneration, 'string')
  const auth = (admitted: Admitted) => ({ auth: { deviceToken: admitted.deviceToken ?? '' } })
  const byToken = await come(world, { client: 'page', device: page, ...auth(paged) })
  t.equal(byToken.caller.secretGeneration, paged.caller.secretGeneration, 'it goes when the secret goes')
  t.equal((await come(world, { device: program, ...auth(programmed) })).caller.secretGeneration, undefined)
  world.use({ mode: 'token', token: 'another-token-0123456789' })
  t.equal(word(await world.connect({ client: 'page', device: page, ...auth(paged) })), 'AUTH_DEVICE_TOKEN_MISMATCH')
  t.equal(word(await world.connect({ device: program, ...auth(programmed) })), 'device-token admin token')
  const renewed = await come(world, { client: 'page', device: page, auth: { token: 'another-token-0123456789' } })
  t.not(renewed.deviceToken, paged.deviceToken)
  world.use({ mode: 'password', password: PASSWORD })
  t.equal(word(await world.connect({ client: 'page', device: page, ...auth(renewed) })), 'AUTH_DEVICE_TOKEN_MISMATCH')
})

t.test('a revoked token is dead; the shared secret makes another', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  await pair(world, { device })
  const { deviceToken = '' } = await come(world, { device, peer: far })
  await world.devices.revoke(device.deviceId, 'operator', admin)
  t.equal(word(await world.connect({ device, peer: far, auth: { deviceToken } })), 'AUTH_DEVICE_TOKEN_MISMATCH')
  const own: Manager = { scopes: ['operator.admin'], method: 'device-token', deviceId: device.deviceId }
  await t.rejects(world.devices.rotate({ deviceId: device.deviceId, role: 'operator' }, own), {
    code: 'token_denied',
    message: 'device token rotation denied',
  })
  const again = await come(world, { device, peer: far })
  t.not(again.deviceToken, deviceToken)
})

t.test('a removed device starts anew', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  await pair(world, { device })
  const { deviceToken = '' } = await come(world, { device, peer: far })
  await world.devices.remove(device.deviceId, admin)
  t.equal(word(await world.connect({ device, peer: far, auth: { deviceToken } })), 'AUTH_DEVICE_TOKEN_MISMATCH')
  t.equal(word(await world.connect({ device, peer: far })), 'PAIRING_REQUIRED not-paired')
})

t.test('tokens survive a restart, and a database alone lets nobody in', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const { deviceToken = '' } = await come(world, { device })
  await world.restart()
  const again = await come(world, { device, auth: { deviceToken } })
  t.equal(again.deviceToken, deviceToken)
  const { tokens } = (await world.store.devices.get(device.deviceId)) ?? { tokens: [] }
  t.notMatch(JSON.stringify(tokens), deviceToken)
  t.match(deviceToken, /^[\w-]{43}$/)
})

t.test('the owner: whoever can sign with the key of the state directory', async (t) => {
  const auth = { mode: 'token', token: TOKEN } as const
  const world = await openWorld(t, auth)
  const device = await world.devices.identity()
  const owner: Connect = { device, auth: {}, scopes: ['operator.admin'] }
  const rows: readonly [string, Connect, string][] = [
    ['without any secret', owner, 'bootstrap-token admin'],
    ['with a wrong one', { ...owner, auth: { token: 'x' } }, 'bootstrap-token admin'],
    ['with what it asks for', { ...owner, scopes: ['operator.pairing'] }, 'bootstrap-token pairing'],
    ['from an address of this machine', { ...owner, peer: '192.168.1.2' }, 'bootstrap-token admin'],
    ['from elsewhere', { ...owner, peer: far }, 'AUTH_TOKEN_MISSING'],
    ['from elsewhere with the secret', { ...owner, auth: { token: TOKEN }, peer: far }, 'PAIRING_REQUIRED not-paired'],
    ['as a page', { ...owner, client: 'page' }, 'AUTH_TOKEN_MISSING'],
    ['as a page of another kind', { ...owner, headers: { origin: PAGE } }, 'AUTH_TOKEN_MISSING'],
    ['from a browser without an origin', { ...owner, headers: { 'sec-fetch-site': 'none' } }, 'AUTH_TOKEN_MISSING'],
    ['through a proxy', { ...owner, headers: { 'x-forwarded-for': '127.0.0.1' } }, 'AUTH_UNAUTHORIZED'],
    ['as a node', { ...owner, client: 'node' }, 'AUTH_TOKEN_MISSING'],
    ['with another signature', { ...owner, tamper: { signature: 'AAAA' } }, 'DEVICE_AUTH_SIGNATURE_INVALID'],
    [
      'with the name alone',
      { ...owner, device: newDevice(), tamper: { id: device.deviceId } },
      'DEVICE_AUTH_DEVICE_ID_MISMATCH',
    ],
    ['replayed', { ...owner, tamper: { nonce: 'another-socket' } }, 'DEVICE_AUTH_NONCE_MISMATCH'],
  ]
  for (const [name, connect, expected] of rows) t.equal(word(await world.connect(connect)), expected, name)
  t.equal(world.limiter.size, 0, 'nothing of it was a guess')
  const proxied = {
    mode: 'trusted-proxy',
    trustedProxies: ['10.0.0.1'],
    trustedProxy: { userHeader: 'x-user' },
  } as const
  world.use(proxied)
  t.equal(word(await world.connect(owner)), 'bootstrap-token admin', 'in every mode')
  t.strictSame(await world.store.devices.list(), [], 'it is not paired')
})

t.test('who is narrowed by a proxy gets no way around it', async (t) => {
  const world = await openWorld(t, { mode: 'none' })
  const device = newDevice()
  const narrow = { headers: { 'x-openclaw-scopes': 'operator.read' } }
  const first = await come(world, { device, auth: {}, ...narrow })
  t.strictSame(first.caller.scopes, [])
  t.strictSame((await world.store.devices.get(device.deviceId))?.scopes, [], 'nothing more was approved')
  const wide = await come(world, { device, auth: {} })
  t.strictSame(wide.caller.scopes, ['operator.admin'])
  const again = await come(world, { device, auth: {}, ...narrow })
  t.strictSame(again.caller.scopes, [])
  t.equal(again.deviceToken, undefined, 'the token may do more than this connection')
})

t.test('many connections of one device at once', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const all = await Promise.all(Array.from({ length: 20 }, () => come(world, { device })))
  t.equal(new Set(all.map(({ deviceToken }) => deviceToken)).size, 1)
  t.equal((await world.store.devices.list()).length, 1)
  t.equal(world.devices.context.locks.size, 0)
})
