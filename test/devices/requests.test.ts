import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { testFolder } from '../helper/folder.js'
import { type Connect, newDevice, openWorld, type World } from './world.js'

const admin = { scopes: ['operator.admin'], method: 'token', deviceId: undefined } as const

async function ask(world: World, connect: Connect = {}): Promise<string> {
  const admission = await world.connect({ device: newDevice(), peer: '203.0.113.9', ...connect })
  if (admission.ok) throw new Error('it was let in')
  return (admission.error.details as { requestId: string }).requestId
}

t.test('whoever is told a request id finds it on disk, even if the power goes that moment', async (t) => {
  const folder = testFolder(t)
  const world = await openWorld(t, undefined, undefined, folder)
  const ids = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const id = await ask(world, { client: n % 2 === 0 ? 'app' : 'node', peer: `203.0.113.${n}` })
      if (n !== 7) return [id]
      for (const file of ['a.db', 'a.db-wal']) {
        if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(folder, `crash-${file}`))
      }
      const crashed = await openSqliteStore(join(folder, 'crash-a.db'))
      t.teardown(() => crashed.close())
      t.match(await crashed.pairRequests.get(id), { id, kind: 'device' })
      return [id]
    }),
  )
  await world.restart()
  const { pending } = await world.devices.list(admin)
  t.strictSame(pending.map(({ requestId }) => requestId).sort(), ids.flat().sort())
  for (const [id = ''] of ids) t.match(await world.devices.approve(id, admin), { approvedVia: 'operator' })
})

t.test('a request waits five minutes, anew with every attempt', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const first = await ask(world, { device })
  world.clock.advance(299_000)
  t.equal(await ask(world, { device }), first)
  world.clock.advance(299_000)
  t.equal((await world.devices.list(admin)).pending.length, 1)
  world.clock.advance(1_000)
  t.strictSame((await world.devices.list(admin)).pending, [])
  await t.rejects(world.devices.approve(first, admin), { message: 'unknown requestId' })
  await t.rejects(world.devices.reject(first, admin), { message: 'unknown requestId' })
  const next = await ask(world, { device })
  t.not(next, first)
  t.equal((await world.store.pairRequests.list('device')).length, 1, 'the old one is gone')
})

t.test('what somebody looked at is what he approves', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const modest = await ask(world, { device, scopes: ['operator.read'] })
  const greedy = await ask(world, { device, scopes: ['operator.admin'] })
  t.not(greedy, modest)
  await t.rejects(
    world.devices.approve(modest, admin),
    { message: 'unknown requestId' },
    'the new one stands in its place',
  )
  t.equal(await ask(world, { device, scopes: ['operator.admin'] }), greedy)
  const renamed = {
    params: { client: { id: 'cli', mode: 'cli', version: '1.0.0', platform: 'linux', displayName: 'Boss' } },
  }
  t.not(await ask(world, { device, ...renamed }), greedy)
  const node = await ask(world, { device, client: 'node' })
  t.equal((await world.devices.list(admin)).pending.length, 2, 'one for each role')
  t.match(await world.devices.approve(node, admin), { roles: ['node'] })
})

t.test('strangers cannot fill the list', async (t) => {
  const world = await openWorld(t)
  const kept = await ask(world, { peer: '198.51.100.1' })
  for (let n = 0; n < 20; n++) await ask(world, { peer: '203.0.113.9' })
  for (let n = 0; n < 20; n++) await ask(world, { peer: `2001:db8::${n + 1}` })
  const { pending } = await world.devices.list(admin)
  t.equal(pending.length, 1 + 16 + 16)
  t.ok(pending.some(({ requestId }) => requestId === kept))
  for (let n = 0; n < 300; n++) await ask(world, { peer: `198.18.${n >> 4}.${n & 15}` })
  t.equal((await world.devices.list(admin)).pending.length, 256)
})

t.test('what a device says of itself is shown in one short line', async (t) => {
  const world = await openWorld(t)
  const client = {
    id: 'cli',
    mode: 'cli',
    version: '1',
    platform: `linux\u001b[2J${'x'.repeat(500)}`,
    displayName: 'a\nb\u202Ec',
    deviceFamily: ' \t ',
  }
  await ask(world, { params: { client } })
  const [row] = (await world.devices.list(admin)).pending
  t.equal(row?.displayName, 'a b c')
  t.equal(row?.platform?.length, 128)
  t.notOk('deviceFamily' in (row ?? {}))
  t.notMatch(JSON.stringify(row), /\\u001b/)
})

t.test('who may approve what', async (t) => {
  const world = await openWorld(t)
  const rows: readonly [Connect, readonly string[], string | undefined][] = [
    [{ scopes: [] }, ['operator.pairing'], undefined],
    [{ scopes: ['operator.pairing'] }, ['operator.pairing'], undefined],
    [{ scopes: ['operator.read'] }, ['operator.pairing'], 'operator.read'],
    [{ scopes: ['operator.read', 'operator.talk'] }, ['operator.pairing', 'operator.write'], undefined],
    [{ scopes: ['operator.approvals'] }, ['operator.pairing', 'operator.write'], 'operator.approvals'],
    [{ scopes: ['operator.admin'] }, ['operator.pairing', 'operator.write'], 'operator.admin'],
    [{ scopes: ['operator.admin'] }, ['operator.admin'], undefined],
    [{ client: 'node' }, ['operator.pairing', 'operator.write'], 'operator.admin'],
    [{ client: 'node' }, ['operator.admin'], undefined],
  ]
  for (const [connect, scopes, missing] of rows) {
    const id = await ask(world, connect)
    const caller = { scopes: scopes as ['operator.read'], method: 'token', deviceId: undefined } as const
    const approving = world.devices.approve(id, caller)
    if (missing === undefined) t.match(await approving, { deviceId: /^[\da-f]{64}$/ })
    else
      await t.rejects(approving, {
        code: 'missing_scope',
        message: `missing scope: ${missing}`,
        details: { code: 'MISSING_SCOPE', missingScope: missing },
      })
  }
})
