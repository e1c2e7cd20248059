import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { invalid, load, sourceOf, valid } from './helper.js'

t.test('a section from a file, siblings on top', async (t) => {
  const loaded = valid(
    await load(t, {
      'openclaw.json': '{ gateway: { $include: "parts/gw.json5", port: 2 } }',
      'parts/gw.json5': '{ port: 1, bind: "lan", // from the part\n auth: { token: "t" } }',
    }),
  )
  t.strictSame(loaded.config, { gateway: { port: 2, bind: 'lan', auth: { token: 't' } } })
  t.match(loaded.files, [{ path: /openclaw\.json$/ }, { path: /gw\.json5$/ }])
})

t.test('several files merge from left to right; lists replace', async (t) => {
  const loaded = valid(
    await load(t, {
      'openclaw.json': '{ $include: ["a.json", "b.json"], cron: { enabled: false } }',
      'a.json': '{ "tools": { "deny": ["x", "y"], "allow": ["z"] }, "cron": { "enabled": true } }',
      'b.json': '{ "tools": { "deny": ["w"] } }',
    }),
  )
  t.strictSame(loaded.config, { tools: { deny: ['w'], allow: ['z'] }, cron: { enabled: false } })
})

t.test('an included file may include others, and hold a list', async (t) => {
  const loaded = valid(
    await load(t, {
      'openclaw.json': '{ $include: "a/a.json" }',
      'a/a.json': '{ bindings: { $include: "../b/list.json" } }',
      'b/list.json': '[{ agentId: "main" }]',
    }),
  )
  t.strictSame(loaded.config, { bindings: [{ agentId: 'main' }] })
})

t.test('variables and old spellings work across files', async (t) => {
  const loaded = valid(
    await load(
      t,
      { 'openclaw.json': '{ agent: { $include: "a.json" } }', 'a.json': '{ workspace: "$' + '{DIR}/w" }' },
      { DIR: '/d' },
    ),
  )
  t.strictSame(loaded.config, { agents: { defaults: { workspace: '/d/w' } } })
})

t.test('ten files deep, and no deeper', async (t) => {
  const chain = (length: number) => {
    const files: Record<string, string> = {
      'openclaw.json': '{ $include: "1.json" }',
      [`${length}.json`]: '{ cron: { enabled: true } }',
    }
    for (let n = 1; n < length; n++) files[`${n}.json`] = `{ $include: "${n + 1}.json" }`
    return files
  }
  valid(await load(t, chain(10)))
  t.match(invalid(await load(t, chain(11))).issues, [{ message: /nested deeper than 10/, file: /10\.json$/, line: 1 }])
})

t.test('mistakes name the file and the place', async (t) => {
  const issues = async (files: Record<string, string>) => invalid(await load(t, files)).issues
  t.match(await issues({ 'openclaw.json': '{\n cron: { $include: "no.json" } }' }), [
    { path: 'cron.$include', message: /no\.json does not exist/, file: /openclaw\.json$/, line: 2, column: 20 },
  ])
  t.match(await issues({ 'openclaw.json': '{ $include: "a.json" }', 'a.json': '{ $include: "openclaw.json" }' }), [
    { message: /goes in a circle: .*openclaw\.json -> .*a\.json -> .*openclaw\.json/, file: /a\.json$/ },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: "a.json" } }', 'a.json': '{\n enabled: "x" }' }), [
    { path: 'cron.enabled', message: /true or false/, file: /a\.json$/, line: 2, column: 11 },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: "a.json" } }', 'a.json': '{\n enabled: }' }), [
    { path: 'cron', message: /Expected a value/, file: /a\.json$/, line: 2, column: 11 },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: 5 } }' }), [
    { path: 'cron.$include', message: /takes a file name/ },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: "l.json", enabled: true } }', 'l.json': '[]' }), [
    { message: /holds no object/ },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: "a\\u0000b" } }' }), [
    { message: /not a usable file name/ },
  ])
  t.match(await issues({ 'openclaw.json': '{ cron: { $include: "dir" } }', 'dir/x': '' }), [
    { message: /not a regular file/ },
  ])
})

t.test('files outside the config folder stay outside', async (t) => {
  const source = await sourceOf(t, {
    'home/openclaw.json': '{}',
    'secret/a.json': '{ cron: { enabled: true } }',
    'secretive/b.json': '{}',
  })
  const base = join(source.path, '..')
  const inner = { ...source, path: join(base, 'home', 'openclaw.json') }
  const outside = { message: /lies outside the config folder.*OPENCLAW_INCLUDE_ROOTS/ }
  const tries = {
    'up and out': '{ $include: "../secret/a.json" }',
    absolute: `{ $include: ${JSON.stringify(join(base, 'secret/a.json'))} }`,
    'through a link': '{ $include: "link.json" }',
    'through a linked folder': '{ $include: "folder/a.json" }',
  }
  await symlink('../secret/a.json', join(base, 'home', 'link.json'))
  await symlink('../secret', join(base, 'home', 'folder'))
  for (const [name, text] of Object.entries(tries)) {
    await writeFile(inner.path, text)
    t.match(invalid(await loadConfig(inner)).issues, [outside], name)
    const allowed = valid(await loadConfig({ ...inner, includeRoots: [join(base, 'secret')] }))
    t.strictSame(allowed.config, { cron: { enabled: true } }, `${name}, with its folder allowed`)
  }
  await writeFile(inner.path, '{ $include: "../secretive/b.json" }')
  t.match(
    invalid(await loadConfig({ ...inner, includeRoots: [join(base, 'secret')] })).issues,
    [outside],
    'a root is a folder, not a prefix',
  )
})

t.test('mounted files that are links inside the folder (Kubernetes)', async (t) => {
  const source = await sourceOf(t, {
    '..v1/openclaw.json': '{ $include: "a.json" }',
    '..v1/a.json': '{ cron: { enabled: true } }',
  })
  const base = join(source.path, '..')
  await symlink('..v1', join(base, '..data'))
  await symlink('..data/openclaw.json', join(base, 'openclaw.json'))
  await symlink('..data/a.json', join(base, 'a.json'))
  t.strictSame(valid(await loadConfig(source)).config, { cron: { enabled: true } })
})

t.test('the hash covers every file', async (t) => {
  const source = await sourceOf(t, { 'openclaw.json': '{ $include: "a.json" }', 'a.json': '{}' })
  const before = await loadConfig(source)
  await mkdir(join(source.path, '..'), { recursive: true })
  await writeFile(join(source.path, '..', 'a.json'), '{ }')
  const after = await loadConfig(source)
  t.not(before.hash, after.hash)
  t.match(before.hash, /^[0-9a-f]{64}$/)
})

t.test('includes that multiply are stopped', async (t) => {
  const files: Record<string, string> = {
    'openclaw.json': '{ $include: ["1.json", "1.json", "1.json"] }',
    '9.json': '{}',
  }
  for (let n = 1; n < 9; n++) files[`${n}.json`] = `{ $include: ["${n + 1}.json", "${n + 1}.json", "${n + 1}.json"] }`
  t.match(invalid(await load(t, files)).issues.at(-1), { message: /at most 256 files/ })
})
