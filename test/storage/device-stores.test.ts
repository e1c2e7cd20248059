import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeviceRow, DeviceTokenRow, NodeRecord, PairRequestRow } from '../../src/storage/device-types.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { testFolder } from '../helper/folder.js'

const about = { clientId: 'node-host', clientMode: 'node', platform: 'linux', version: '1.0', displayName: '厨房' }
const token = (role: string, more: Partial<DeviceTokenRow> = {}): DeviceTokenRow => ({
  role,
  scopes: ['operator.read'],
  salt: `salt-${role}`,
  hash: `hash-${role}`,
  generation: undefined,
  createdAt: 1,
  rotatedAt: undefined,
  revokedAt: undefined,
  usedAt: undefined,
  ...more,
})
const device = (id: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  publicKey: `key-${id}`,
  about,
  label: undefined,
  roles: ['operator'],
  scopes: ['operator.read'],
  approvedVia: 'operator',
  createdAt: 1,
  approvedAt: 1,
  seenAt: undefined,
  seenReason: undefined,
  tokens: [],
  ...more,
})
const request = (id: string, deviceId: string, more: Partial<PairRequestRow> = {}): PairRequestRow => ({
  id,
  kind: 'device',
  deviceId,
  publicKey: `key-${deviceId}`,
  role: 'operator',
  scopes: [],
  about,
  surface: undefined,
  browserOrigin: undefined,
  remoteIp: '203.0.113.9',
  repair: false,
  at: 1,
  expiresAt: 300_001,
  ...more,
})
const node = (id: string, more: Partial<NodeRecord> = {}): NodeRecord => ({
  id,
  displayName: undefined,
  declared: { caps: ['system'], commands: ['system.run'], permissions: { camera: true } },
  approved: undefined,
  approvedAt: undefined,
  connectedAt: 5,
  pathEnv: '/usr/bin',
  ...more,
})

async function open(t: Test, path = join(testFolder(t), 'a.db')) {
  const store = await openSqliteStore(path)
  let open = true
  const close = async () => {
    if (open) await store.close()
    open = false
  }
  t.teardown(close)
  return { store, path, close }
}

t.test('what was written is read again, also by the next process', async (t) => {
  const { store, path, close } = await open(t)
  const rows = [
    device('a', { label: 'phone', approvedAt: 2, tokens: [token('node', { revokedAt: 4 }), token('operator')] }),
    device('b', { approvedAt: 3, tokens: [token('operator', { generation: 'g1', rotatedAt: 2, usedAt: 3 })] }),
  ]
  await Promise.all([
    ...rows.map((row) => store.devices.put(row)),
    store.pairRequests.put(request('r1', 'c', { browserOrigin: 'https://page.example' })),
    store.pairRequests.put(request('r2', 'd', { kind: 'node', expiresAt: undefined, surface: node('d').declared })),
    store.nodes.put(node('a')),
  ])
  await close()
  const { store: again } = await open(t, path)
  t.strictSame(await again.devices.list(), [rows[1], rows[0]], 'the newest approval first')
  t.strictSame(await again.devices.get('a'), rows[0])
  t.equal(await again.devices.get('c'), undefined)
  t.strictSame(await again.pairRequests.list('device'), [request('r1', 'c', { browserOrigin: 'https://page.example' })])
  t.match(await again.pairRequests.get('r2'), { kind: 'node', expiresAt: undefined, surface: { caps: ['system'] } })
  t.strictSame(await again.nodes.list(), [node('a')])
})

t.test('a device replaces its tokens and settles requests in one step', async (t) => {
  const { store } = await open(t)
  await store.pairRequests.put(request('r1', 'a'))
  await store.pairRequests.put(request('r2', 'a'), ['r1'])
  t.equal(await store.pairRequests.get('r1'), undefined)
  await store.devices.put(device('a', { tokens: [token('operator'), token('node')] }), ['r2'])
  t.strictSame(await store.pairRequests.list('device'), [])
  await store.devices.put(device('a', { tokens: [token('node')] }))
  t.strictSame(
    (await store.devices.get('a'))?.tokens.map(({ role }) => role),
    ['node'],
  )
  await store.nodes.put(node('a'), [])
  await store.nodes.put(node('a', { displayName: 'Kitchen', approved: node('a').declared, approvedAt: 7 }))
  t.match(await store.nodes.get('a'), { displayName: 'Kitchen', approvedAt: 7, approved: { caps: ['system'] } })
})

t.test('a device goes with everything that is its own, and nothing else', async (t) => {
  const { store } = await open(t)
  await store.devices.put(device('a', { tokens: [token('operator')] }))
  await store.devices.put(device('b', { tokens: [token('operator')] }))
  await store.nodes.put(node('a'))
  await store.nodes.put(node('b'))
  await store.pairRequests.put(request('ra', 'a'))
  await store.pairRequests.put(request('rb', 'b'))
  t.equal(await store.devices.remove('a'), true)
  t.equal(await store.devices.remove('a'), false)
  t.match(await store.devices.list(), [{ id: 'b', tokens: [{ role: 'operator' }] }])
  t.match(await store.nodes.list(), [{ id: 'b' }])
  t.match(await store.pairRequests.list('device'), [{ id: 'rb' }])
  await store.devices.put(device('a'))
  t.strictSame((await store.devices.get('a'))?.tokens, [], 'its tokens do not come back with it')
  t.equal(await store.pairRequests.delete(['rb', 'unknown']), 1)
})

t.test('a device that is no node any more stays', async (t) => {
  const { store } = await open(t)
  await store.devices.put(device('a'))
  await store.nodes.put(node('a'))
  await store.pairRequests.put(request('n', 'a', { kind: 'node' }))
  await store.pairRequests.put(request('d', 'a'))
  await store.nodes.remove('a')
  t.equal(await store.nodes.get('a'), undefined)
  t.equal(await store.pairRequests.get('n'), undefined)
  t.match(await store.pairRequests.get('d'), { id: 'd' })
  t.match(await store.devices.get('a'), { id: 'a' })
})

t.test('being seen is noted and changes nothing else', async (t) => {
  const { store } = await open(t)
  const row = device('a', { tokens: [token('node'), token('operator')] })
  await store.devices.put(row)
  await store.devices.seen('a', { at: 9, reason: 'connect', role: 'operator' })
  await store.devices.seen('nobody', { at: 9, reason: 'connect' })
  t.strictSame(await store.devices.list(), [
    { ...row, seenAt: 9, seenReason: 'connect', tokens: [token('node'), token('operator', { usedAt: 9 })] },
  ])
})
