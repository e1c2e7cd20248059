import { chmodSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { acquireLocks } from '../../src/instance/lock.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { RootFlags } from '../../src/instance/root-flags.js'
import { writeRunFile } from '../../src/instance/run-file.js'
import type { Env } from '../../src/instance/types.js'
import { startChild } from './child.js'
import { bareHost } from './helper.js'

const at = (home: string, flags: RootFlags = {}, env: Env = {}) =>
  resolveInstance({ flags, env: { HOME: home, ...env }, cwd: home, host: bareHost })
const held = { code: 'lock_held', row: { exit: 78 } }

t.test('two gateways in one process exclude each other on one state directory', async (t) => {
  const home = t.testdir()
  const first = await acquireLocks(await at(home))
  await t.rejects(acquireLocks(await at(home)), held)
  await t.rejects(acquireLocks(await at(home)), held, 'a failed attempt does not break the lock')
  const other = await acquireLocks(await at(home, { profile: 'rescue' }))
  first.release()
  first.release()
  const again = await acquireLocks(await at(home))
  await t.rejects(acquireLocks(await at(home, { profile: 'rescue' })), held, 'release gave one lock back, not all')
  again.release()
  other.release()
})

t.test('two configs on one state directory', async (t) => {
  const home = t.testdir()
  const first = await acquireLocks(await at(home, {}, { OPENCLAW_CONFIG_PATH: '~/a.json' }))
  await t.rejects(acquireLocks(await at(home, {}, { OPENCLAW_CONFIG_PATH: '~/b.json' })), {
    ...held,
    message: /state directory/,
  })
  first.release()
})

t.test('two state directories on one config', async (t) => {
  const home = t.testdir({ 'a.json': '{}' })
  symlinkSync(join(home, 'a.json'), join(home, 'link.json'))
  const with2 = (state: string, config: string, env: Env = {}) =>
    at(home, {}, { OPENCLAW_STATE_DIR: state, OPENCLAW_CONFIG_PATH: config, ...env })
  const one = await with2('~/.openclaw-one', '~/a.json')
  const first = await acquireLocks(one)
  await writeRunFile(one, { port: 4711, addresses: ['127.0.0.1'], startedAt: 0 })
  const message = /ws:\/\/127\.0\.0\.1:4711 \(profile "one", pid \d+\); it has the config file .*a\.json/
  await t.rejects(acquireLocks(await with2('~/two', '~/a.json')), { ...held, message })
  await t.rejects(acquireLocks(await with2('~/two', '~/link.json')), { ...held, message }, 'through a link')
  const elsewhere = await acquireLocks(await with2('~/two', '~/b.json'))
  elsewhere.release()
  const multi = await acquireLocks(await with2('~/two', '~/a.json', { OPENCLAW_ALLOW_MULTI_GATEWAY: '1' }))
  await t.rejects(acquireLocks(await with2('~/two', '~/c.json', { OPENCLAW_ALLOW_MULTI_GATEWAY: '1' })), held)
  multi.release()
  first.release()
})

t.test('a config that does not exist yet is locked too', async (t) => {
  const home = t.testdir()
  const config = { OPENCLAW_CONFIG_PATH: '~/new/a.json' }
  const first = await acquireLocks(await at(home, {}, { OPENCLAW_STATE_DIR: '~/one', ...config }))
  await t.rejects(acquireLocks(await at(home, {}, { OPENCLAW_STATE_DIR: '~/two', ...config })), held)
  first.release()
})

t.test('pain-12: a killed holder leaves nothing that blocks, and no journal', async (t) => {
  const home = t.testdir()
  for (let round = 0; round < 2; round++) {
    const { said, end } = await startChild(t, home, [], { OPENCLAW_GATEWAY_PORT: '0' })
    t.ok(said.port, 'runs')
    await t.rejects(acquireLocks(await at(home)), {
      ...held,
      message: new RegExp(`ws://127.0.0.1:${said.port} \\(profile "default", pid ${said.pid}\\)`),
      details: { profile: 'default', pid: said.pid, port: said.port, instanceId: said.id },
    })
    await end('SIGKILL')
    const locks = await acquireLocks(await at(home))
    locks.release()
  }
  t.same(readdirSync(join(home, '.openclaw', 'locks')), ['state.lock'])
})

t.test('a second process on the same profile is refused with exit 78', async (t) => {
  const home = t.testdir()
  const port = { OPENCLAW_GATEWAY_PORT: '0' }
  await startChild(t, home, [], port)
  const second = await startChild(t, home, [], port)
  t.match(second.said, { code: 'lock_held', exit: 78 })
  const third = await startChild(t, home, ['--profile', 'rescue'], port)
  t.ok(third.said.port, 'another profile runs beside it')
})

t.test('waits for a holder that ends, within its limit', async (t) => {
  const home = t.testdir()
  const first = await acquireLocks(await at(home))
  setTimeout(() => first.release(), 60)
  const second = await acquireLocks(await at(home), { waitMs: 10_000 })
  await t.rejects(acquireLocks(await at(home), { waitMs: 10 }), held)
  const stop = AbortSignal.abort(new Error('stopped'))
  await t.rejects(acquireLocks(await at(home), { waitMs: 10_000, signal: stop }), { message: 'stopped' })
  second.release()
})

t.test('a run-file of a gateway that is gone is removed with the lock', async (t) => {
  const home = t.testdir()
  const instance = await at(home)
  await writeRunFile(instance, { port: 1, addresses: [], startedAt: 0 })
  const locks = await acquireLocks(instance)
  await t.rejects(acquireLocks(await at(home)), { ...held, message: /starting or running on the state directory/ })
  locks.release()
})

t.test('folders are private', async (t) => {
  const home = t.testdir()
  const locks = await acquireLocks(await at(home))
  t.equal(statSync(join(home, '.openclaw')).mode & 0o777, 0o700)
  locks.release()
})

t.test('a state directory that cannot be one', async (t) => {
  const home = t.testdir({ '.openclaw': 'a file' })
  await t.rejects(acquireLocks(await at(home)), { code: 'state_unusable', row: { exit: 78 }, message: /\.openclaw/ })
})

t.test(
  'a read-only config folder is no obstacle',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  async (t) => {
    const home = t.testdir({ etc: { 'a.json': '{}' } })
    chmodSync(join(home, 'etc'), 0o500)
    t.teardown(() => chmodSync(join(home, 'etc'), 0o700))
    const locks = await acquireLocks(await at(home, {}, { OPENCLAW_CONFIG_PATH: '~/etc/a.json' }))
    locks.release()
  },
)
