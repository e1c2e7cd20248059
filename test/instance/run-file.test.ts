import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { RootFlags } from '../../src/instance/root-flags.js'
import { readRunFile, readRunFiles, removeRunFile, writeRunFile } from '../../src/instance/run-file.js'
import { bareHost } from './helper.js'

const at = (home: string, flags: RootFlags = {}) =>
  resolveInstance({ flags, env: { HOME: home }, cwd: home, host: bareHost })
const facts = { port: 4711, addresses: ['127.0.0.1', '::1'], startedAt: Date.UTC(2026, 10, 1) }

t.test('written, read, removed by its own instance only', async (t) => {
  const home = t.testdir()
  const instance = await at(home, { profile: 'rescue' })
  await writeRunFile(instance, facts)
  t.same(await readRunFile(instance.paths.runFile), {
    pid: process.pid,
    port: 4711,
    scheme: 'http',
    addresses: ['127.0.0.1', '::1'],
    profile: 'rescue',
    version: instance.version,
    instanceId: instance.id,
    startedAt: '2026-11-01T00:00:00.000Z',
    configPath: instance.paths.config,
    stateDir: instance.paths.state,
  })
  t.equal(statSync(instance.paths.runFile).mode & 0o777, 0o600)
  await removeRunFile(await at(home, { profile: 'rescue' }))
  t.ok(await readRunFile(instance.paths.runFile), 'another instance leaves it')
  await removeRunFile(instance)
  t.equal(await readRunFile(instance.paths.runFile), undefined)
  await removeRunFile(instance)
})

t.test('anything else is no record', async (t) => {
  const good = {
    pid: 1,
    port: 2,
    scheme: 'http',
    addresses: [],
    profile: 'a',
    version: 'v',
    instanceId: 'i',
    startedAt: 's',
    configPath: 'c',
    stateDir: 'd',
  }
  const file = join(t.testdir(), 'gateway.json')
  const read = (text: string) => {
    writeFileSync(file, text)
    return readRunFile(file)
  }
  t.same(await read(JSON.stringify(good)), good)
  for (const name of Object.keys(good)) t.equal(await read(JSON.stringify({ ...good, [name]: {} })), undefined, name)
  const texts = [
    '',
    'null',
    '[]',
    '"x"',
    '{',
    JSON.stringify({ ...good, addresses: [1] }),
    ...[0, -1, 1.5, 1e300].map((pid) => JSON.stringify({ ...good, pid })),
    JSON.stringify({ ...good, port: 65_536 }),
    JSON.stringify({ ...good, profile: 'x'.repeat(20_000) }),
  ]
  for (const text of texts) t.equal(await read(text), undefined, text.slice(0, 20))
})

t.test('all profiles of a home', async (t) => {
  const home = t.testdir({ '.openclaw-broken': { run: { 'gateway.json': '{' } }, '.openclawish': {}, other: {} })
  mkdirSync(join(home, '.openclaw-empty'))
  const one = await at(home)
  const two = await at(home, { profile: 'rescue' })
  await writeRunFile(one, facts)
  await writeRunFile(two, { ...facts, port: 4712 })
  const found = await readRunFiles(one.paths)
  t.same(found.map(({ profile, port }) => [profile, port]).sort(), [
    ['default', 4711],
    ['rescue', 4712],
  ])
  t.same(await readRunFiles({ home: join(home, 'missing'), runFile: join(home, 'none') }), [])
})
