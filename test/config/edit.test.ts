import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { editConfig, replaceConfig } from '../../src/config/edit.js'
import { loadConfig } from '../../src/config/load.js'
import { redacted } from '../../src/config/redact.js'
import type { ConfigSource } from '../../src/config/types.js'
import { sourceOf, valid } from './helper.js'

const read = (source: ConfigSource) => readFile(source.path, 'utf8')
const folderOf = (source: ConfigSource) => join(source.path, '..')
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

const commented = `// my gateway
{
  gateway: {
    mode: "local", // never remote
    port: 18789,
    auth: { token: "\${GATEWAY_TOKEN}" }, // from .env
  },
  /* channels below */
  channels: {
    telegram: { botToken: "123:abc", allowFrom: ["1" /* me */, "2"] },
  },
}
`

t.test('one value changes, every other byte stays', async (t) => {
  const source = await sourceOf(t, commented)
  const result = await editConfig(source, [{ op: 'set', path: 'gateway.port', value: 19789 }])
  t.equal(await read(source), commented.replace('18789', '19789'))
  t.match(result, {
    changed: true,
    paths: ['gateway.port'],
    reload: 'restart',
    file: source.path,
    backup: `${source.path}.bak`,
  })
  t.equal(result.hash, (await loadConfig(source)).hash)
  t.not(result.hash, result.previousHash)
})

t.test('a variable stays a variable', async (t) => {
  const source = { ...(await sourceOf(t, commented)), env: { GATEWAY_TOKEN: 'secret' } }
  await editConfig(source, [
    { op: 'merge', value: { gateway: { bind: 'lan' }, channels: { telegram: { enabled: true } } } },
  ])
  const text = await read(source)
  t.match(text, 'auth: { token: "$' + '{GATEWAY_TOKEN}" }, // from .env')
  t.notMatch(text, 'secret')
  t.strictSame(valid(await loadConfig(source)).config.gateway?.auth?.token, 'secret')
})

t.test('set, unset and merge together', async (t) => {
  const source = await sourceOf(t, commented)
  const result = await editConfig(source, [
    { op: 'set', path: 'channels.telegram.allowFrom', value: ['1', '3'] },
    { op: 'unset', path: 'gateway.auth' },
    { op: 'merge', path: 'agents', value: { defaults: { model: 'a/b', workspace: null } } },
  ])
  const { config } = valid(await loadConfig(source))
  t.strictSame(config.channels?.telegram?.allowFrom, ['1', '3'])
  t.strictSame(config.agents, { defaults: { model: 'a/b' } })
  t.notOk(config.gateway?.auth)
  const text = await read(source)
  for (const comment of ['// my gateway', '// never remote', '// from .env', '/* channels below */', '/* me */'])
    t.match(text, comment)
  t.same([...result.paths].sort(), ['agents.defaults.model', 'channels.telegram.allowFrom', 'gateway.auth.token'])
})

t.test('no change, no write', async (t) => {
  const source = await sourceOf(t, commented)
  const before = await stat(source.path)
  for (const edit of [
    { op: 'set', path: 'gateway.port', value: 18789 } as const,
    { op: 'merge', value: { gateway: { mode: 'local' } } } as const,
  ]) {
    t.match(await editConfig(source, [edit], { version: '1' }), { changed: false, paths: [], reload: 'none' })
  }
  t.equal(await read(source), commented)
  t.equal((await stat(source.path)).mtimeMs, before.mtimeMs)
  t.same(await readdir(folderOf(source)), ['openclaw.json'], 'not even a backup')
})

t.test('a new file is plain JSON, 0600, in a 0700 folder', async (t) => {
  const source = { path: join(t.testdir(), 'new', 'state', 'openclaw.json'), env: {}, includeRoots: [] }
  const result = await editConfig(source, [{ op: 'merge', value: { gateway: { mode: 'local', port: 1 } } }], {
    expectHash: '',
  })
  t.equal(await read(source), '{\n  "gateway": {\n    "mode": "local",\n    "port": 1\n  }\n}\n')
  t.equal(await modeOf(source.path), 0o600)
  t.equal(await modeOf(folderOf(source)), 0o700)
  t.match(result, { changed: true, previousHash: '', backup: undefined })
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'gateway.port', value: 2 }], { expectHash: '' })), {
    code: 'config_conflict',
  })
})

t.test('an open file mode is tightened', async (t) => {
  const source = await sourceOf(t, '{}')
  await chmod(source.path, 0o644)
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])
  t.equal(await modeOf(source.path), 0o600)
  t.equal(await modeOf(`${source.path}.bak`), 0o600)
})

t.test(
  'root leaves the file to its owner',
  { skip: process.getuid?.() !== 0 && 'only root can give files away' },
  async (t) => {
    const source = await sourceOf(t, '{}')
    await chown(source.path, 12345, 12345)
    await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])
    t.match(await stat(source.path), { uid: 12345, gid: 12345 })
  },
)

t.test('the version is stamped only beside a change', async (t) => {
  const source = await sourceOf(t, '{}')
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }], { version: '2026.11.0' })
  t.strictSame(valid(await loadConfig(source)).config, {
    cron: { enabled: true },
    meta: { lastTouchedVersion: '2026.11.0' },
  })
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: false }])
  t.equal(valid(await loadConfig(source)).config.meta?.lastTouchedVersion, '2026.11.0')
})

t.test('a dry run writes nothing', async (t) => {
  const source = await sourceOf(t, commented)
  const result = await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }], { dryRun: true })
  t.match(result, { changed: true, text: /enabled: true/, reload: 'hot', backup: undefined })
  t.equal(await read(source), commented)
  t.same(await readdir(folderOf(source)), ['openclaw.json'])
})

t.test('the backup ring holds five, newest first', async (t) => {
  const source = await sourceOf(t, '{ gateway: { port: 1 } }')
  for (let port = 2; port <= 8; port++) await editConfig(source, [{ op: 'set', path: 'gateway.port', value: port }])
  const kept = await Promise.all(
    ['.bak', '.bak.1', '.bak.2', '.bak.3', '.bak.4'].map((name) => readFile(source.path + name, 'utf8')),
  )
  t.same(
    kept,
    [7, 6, 5, 4, 3].map((port) => `{ gateway: { port: ${port} } }`),
  )
  t.equal((await readdir(folderOf(source))).length, 6)
  for (const name of await readdir(folderOf(source)))
    t.equal((await modeOf(join(folderOf(source), name))) & 0o077, name === 'openclaw.json' ? 0 : 0)
})

t.test('what is refused leaves the file as it is', async (t) => {
  const big = `{ gateway: { mode: "local" }, ui: { note: "${'x'.repeat(600)}" } }`
  const rows: Readonly<
    Record<string, { text?: string; edit: Parameters<typeof editConfig>[1][number]; error: object; readOnly?: boolean }>
  > = {
    'an unknown key': {
      edit: { op: 'set', path: 'gateway.prot', value: 1 },
      error: { code: 'config_write_rejected', message: /validation failed: gateway\.prot: .*"port"/ },
    },
    'a wrong type': {
      edit: { op: 'set', path: 'gateway.port', value: 'x' },
      error: { code: 'config_write_rejected', details: { reason: 'invalid', issues: [{ path: 'gateway.port' }] } },
    },
    'a contradiction': {
      edit: { op: 'merge', value: { gateway: { bind: 'tailnet', tailscale: { mode: 'serve' } } } },
      error: { message: /cannot be combined/ },
    },
    'removal of the mode': {
      edit: { op: 'unset', path: 'gateway.mode' },
      error: { details: { reason: 'gateway-mode-removed' } },
    },
    'a large part gone': {
      text: big,
      edit: { op: 'unset', path: 'ui' },
      error: { details: { reason: /^size-drop:\d+->\d+$/ } },
    },
    'a redacted value': {
      edit: { op: 'set', path: 'gateway.auth.token', value: redacted },
      error: { details: { reason: 'redacted' } },
    },
    'a redacted value deep inside': {
      edit: { op: 'merge', value: { gateway: { auth: { token: redacted } } } },
      error: { details: { reason: 'redacted' } },
    },
    'an include': {
      edit: { op: 'set', path: 'cron', value: { $include: 'x' } },
      error: { message: /\$include cannot be set/ },
    },
    'nothing to unset': { edit: { op: 'unset', path: 'gateway.bind' }, error: { code: 'config_path_unset' } },
    'no path': { edit: { op: 'set', path: 'gateway..port', value: 1 }, error: { code: 'config_path_unknown' } },
    'an index beyond the list': {
      edit: { op: 'set', path: 'channels.telegram.allowFrom[7]', value: '3' },
      error: { code: 'config_write_rejected' },
    },
    'a prototype': { edit: { op: 'set', path: '__proto__.x', value: 1 }, error: { code: 'config_write_rejected' } },
    'a path through a value': {
      edit: { op: 'set', path: 'gateway.port.x', value: 1 },
      error: { code: 'config_write_rejected' },
    },
    'any write when read-only': {
      edit: { op: 'set', path: 'gateway.port', value: 1 },
      readOnly: true,
      error: { details: { reason: 'read-only' } },
    },
    'a file that does not parse': {
      text: '{ gateway: ',
      edit: { op: 'set', path: 'gateway.port', value: 1 },
      error: { message: /repaired by hand first.*openclaw\.json:1:12/ },
    },
  }
  for (const [name, { text = commented, edit, error, readOnly = false }] of Object.entries(rows)) {
    const source = { ...(await sourceOf(t, text)), readOnly }
    t.match(await failure(editConfig(source, [edit])), error, name)
    t.equal(await read(source), text, name)
    t.notOk(
      (await readdir(folderOf(source))).some((file) => file.endsWith('.bak') || file.endsWith('.tmp')),
      name,
    )
  }
})

t.test('what a guard refused is kept, and force goes past it', async (t) => {
  const source = await sourceOf(t, commented)
  const edit = [{ op: 'unset', path: 'gateway.mode' }] as const
  const saved = `${source.path}.rejected.2026-11-20T12-00-00-000Z`
  t.match(await failure(editConfig(source, edit, { now: Date.UTC(2026, 10, 20, 12) })), {
    message: /rejected text is in/,
    details: { saved },
  })
  t.notMatch(await readFile(saved, 'utf8'), 'mode:')
  t.equal(await modeOf(saved), 0o600)
  await editConfig(source, edit, { force: true })
  t.notOk(valid(await loadConfig(source)).config.gateway?.mode)
})

t.test('a config that is invalid can be repaired by an edit', async (t) => {
  const source = await sourceOf(t, '{ gateway: { port: 1, prot: 2 } }')
  await editConfig(source, [{ op: 'unset', path: 'gateway.prot' }])
  t.equal(await read(source), '{ gateway: { port: 1 } }')
})

t.test('pain-23: a file that changed meanwhile is never overwritten', async (t) => {
  const source = await sourceOf(t, commented)
  const { hash } = await loadConfig(source)
  await writeFile(source.path, commented.replace('18789', '1'))
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'gateway.port', value: 2 }], { expectHash: hash })), {
    code: 'config_conflict',
  })
  t.match(await read(source), 'port: 1,')
})

t.test('many writers in one process: every edit lands', async (t) => {
  const source = await sourceOf(t, '{ gateway: { mode: "local" } }')
  const keys = Array.from({ length: 12 }, (_, index) => `KEY_${index}`)
  await Promise.all(keys.map((key) => editConfig(source, [{ op: 'set', path: `env.vars.${key}`, value: key }])))
  t.same(Object.keys(valid(await loadConfig(source)).config.env?.vars ?? {}).sort(), keys.sort())
  t.notOk(
    (await readdir(folderOf(source))).some((name) => /lock|tmp/.test(name)),
    'nothing is left behind',
  )
})

t.test('pain-23: two processes at once: every edit lands', async (t) => {
  const source = await sourceOf(t, '{ gateway: { mode: "local" } }')
  const script = fileURLToPath(new URL('./fixtures/writer.ts', import.meta.url))
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }
  const child = promisify(execFile)(process.execPath, [...process.execArgv, script, source.path, 'THEIRS', '20'], {
    env,
  })
  while (!(await read(source)).includes('THEIRS_0')) await Promise.race([child, setTimeout(5)])
  for (let n = 0; n < 20; n++) await editConfig(source, [{ op: 'set', path: `env.vars.OURS_${n}`, value: 'x' }])
  await child
  t.equal(Object.keys(valid(await loadConfig(source)).config.env?.vars ?? {}).length, 40)
})

t.test('the lock of a writer that died does not last', async (t) => {
  const source = await sourceOf(t, '{}')
  await writeFile(`${source.path}.lock`, '')
  const old = new Date(Date.now() - 60_000)
  await utimes(`${source.path}.lock`, old, old)
  t.match(await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }]), { changed: true })
})

t.test('old spellings', async (t) => {
  const old =
    '{\n  // old style\n  agent: { workspace: "/w" },\n  gateway: { token: "t" },\n  agents: { list: [{ id: "main" }, { id: "ops", model: "a/b" }] },\n}\n'
  const source = await sourceOf(t, old)
  await editConfig(source, [
    { op: 'set', path: 'agents.defaults.workspace', value: '/new' },
    { op: 'set', path: 'agents.entries.ops.model', value: 'c/d' },
    { op: 'set', path: 'gateway.auth.token', value: 'u' },
    { op: 'set', path: 'agent.maxConcurrent', value: 2 },
  ])
  t.equal(
    await read(source),
    old.replace('workspace: "/w"', 'workspace: "/new", maxConcurrent: 2').replace('a/b', 'c/d').replace('"t"', '"u"'),
    'are kept where the file has them',
  )
  const fresh = await sourceOf(t, '{}')
  await editConfig(fresh, [
    { op: 'set', path: 'gateway.token', value: 't' },
    { op: 'set', path: 'env.KEY', value: 'v' },
    { op: 'set', path: 'identity.name', value: 'Clawd' },
  ])
  const loaded = valid(await loadConfig(fresh))
  t.strictSame(loaded.config, {
    gateway: { auth: { token: 't' } },
    env: { vars: { KEY: 'v' } },
    agents: { entries: { main: { identity: { name: 'Clawd' } } } },
  })
  t.same(loaded.warnings, [], 'and written the new way elsewhere')
})

t.test('old spellings that mean something else are not written to', async (t) => {
  const source = await sourceOf(
    t,
    '{ gateway: { bind: "192.168.1.5" }, agents: { defaults: { sandbox: { perSession: true } } } }',
  )
  await editConfig(source, [{ op: 'set', path: 'agents.defaults.sandbox.scope', value: 'agent' }])
  t.equal(valid(await loadConfig(source)).config.agents?.defaults?.sandbox?.scope, 'agent')
  await editConfig(source, [{ op: 'set', path: 'gateway.bind', value: 'loopback' }])
  t.equal(valid(await loadConfig(source)).config.gateway?.bind, 'loopback')
})

t.test('write-through', async (t) => {
  const files = {
    'openclaw.json':
      '{\n  gateway: { $include: "gw.json5" }, // in its own file\n  cron: { $include: "cron.json", enabled: true },\n  tools: { $include: ["a.json", "b.json"] },\n  skills: { $include: "nested.json" },\n}\n',
    'gw.json5': '{\n  mode: "local", // here\n  port: 1,\n}\n',
    'cron.json': '{ "skipMissedJobs": true }',
    'a.json': '{ "deny": ["x"] }',
    'b.json': '{}',
    'nested.json': '{ "entries": { "$include": "entries.json" } }',
    'entries.json': '{ "a": { "enabled": true } }',
  }
  const source = await sourceOf(t, files)
  const part = join(folderOf(source), 'gw.json5')
  const result = await editConfig(source, [{ op: 'merge', value: { gateway: { port: 2, bind: 'lan' } } }])
  t.equal(
    await readFile(part, 'utf8'),
    '{\n  mode: "local", // here\n  port: 2,\n  bind: "lan",\n}\n',
    'a plain include is written',
  )
  t.equal(await read(source), files['openclaw.json'], 'the main file stays')
  t.match(result, { file: part, backup: `${part}.bak` })
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: false }])
  t.match(await read(source), 'enabled: false', 'a key beside the include is written in the main file')
  await editConfig(source, [{ op: 'set', path: 'cron.maxConcurrentRuns', value: 2 }])
  t.match(await read(source), 'maxConcurrentRuns: 2', 'so is a key that the include does not have')
  const flattening = { details: { reason: 'would-flatten' } }
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'cron.skipMissedJobs', value: false }])), {
    ...flattening,
    message: /beside it/,
  })
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'tools.deny', value: [] }])), {
    ...flattening,
    message: /several files/,
  })
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'skills.entries.a.enabled', value: false }])), {
    ...flattening,
    message: /includes others/,
  })
  t.match(
    await failure(editConfig(source, [{ op: 'merge', value: { gateway: { port: 3 }, cron: { enabled: true } } }])),
    {
      ...flattening,
      message: /two files/,
    },
  )
})

t.test('an include outside the folder is never written', async (t) => {
  const source = await sourceOf(t, {
    'home/openclaw.json': '{ gateway: { $include: "../shared/gw.json" } }',
    'shared/gw.json': '{ "mode": "local" }',
  })
  const inner = {
    ...source,
    path: join(folderOf(source), 'home', 'openclaw.json'),
    includeRoots: [join(folderOf(source), 'shared')],
  }
  t.match(await failure(editConfig(inner, [{ op: 'set', path: 'gateway.port', value: 1 }])), {
    message: /outside the config folder/,
  })
  t.equal(await readFile(join(folderOf(source), 'shared', 'gw.json'), 'utf8'), '{ "mode": "local" }')
})

t.test('a config behind a link keeps the link', async (t) => {
  const source = await sourceOf(t, { 'dotfiles/real.json': '{}' })
  await symlink('dotfiles/real.json', source.path)
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])
  t.equal(await readlink(source.path), 'dotfiles/real.json')
  t.match(await readFile(join(folderOf(source), 'dotfiles', 'real.json'), 'utf8'), 'enabled')
})

t.test('replaceConfig', async (t) => {
  const source = await sourceOf(t, commented)
  const text =
    '// all new\n{ gateway: { mode: "local" }, channels: { telegram: { botToken: "1:a", allowFrom: ["1", "2", "3", "4"] } } }\n'
  const { hash } = await loadConfig(source)
  t.match(await replaceConfig(source, text, { expectHash: hash }), { changed: true, reload: 'restart' })
  t.equal(await read(source), text)
  t.match(await replaceConfig(source, text), { changed: false })
  t.match(await failure(replaceConfig(source, '{ gateway: {} }')), { details: { reason: 'gateway-mode-removed' } })
  t.match(await failure(replaceConfig(source, '{ gateway: { mode: "local"')), { message: /ends too early/ })
  t.match(await failure(replaceConfig(source, `{ gateway: { mode: "local", auth: { token: "${redacted}" } } }`)), {
    details: { reason: 'redacted' },
  })
  t.match(await failure(replaceConfig(source, text, { expectHash: hash })), { code: 'config_conflict' })
})

t.test('a redacted copy can be edited and sent back', async (t) => {
  const source = await sourceOf(t, commented)
  await editConfig(source, [{ op: 'merge', value: { gateway: { auth: { token: redacted }, port: 5 } } }], {
    restoreRedacted: true,
  })
  t.equal(await read(source), commented.replace('18789', '5'))
  t.match(
    await failure(
      editConfig(source, [{ op: 'set', path: 'gateway.auth.password', value: redacted }], { restoreRedacted: true }),
    ),
    {
      details: { reason: 'redacted' },
    },
  )
})

t.test(
  'a folder that cannot be written says so',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  async (t) => {
    const source = await sourceOf(t, '{}')
    await chmod(folderOf(source), 0o500)
    t.teardown(() => chmod(folderOf(source), 0o700))
    t.match(await failure(editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])), Error)
    t.equal(await read(source), '{}')
  },
)

t.test('a config path that is a folder', async (t) => {
  const source = await sourceOf(t, {})
  await mkdir(source.path)
  t.match(await failure(editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])), {
    code: 'config_write_rejected',
  })
})
