import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { Instance } from '../../src/instance/types.js'
import { type SetupOptions, setUpProfile } from '../../src/setup/setup.js'
import { testFolder } from '../helper/folder.js'

async function instanceAt(home: string, profile?: string, env: Record<string, string> = {}): Promise<Instance> {
  const flags = profile === undefined ? {} : { profile }
  return resolveInstance({ flags, env: { HOME: home, ...env }, cwd: home, host: { inContainer: false } })
}

const read = (instance: Instance) => readFileSync(instance.paths.config, 'utf8')
const parsed = async (instance: Instance) => {
  const loaded = await loadConfig({ path: instance.paths.config, env: {}, includeRoots: [] })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues))
  return loaded.config
}
const modeOf = (path: string) => statSync(path).mode & 0o777

/** Every file below a folder with its bytes. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter((name) => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

t.test('a first setup makes everything that a start needs', async (t) => {
  const home = testFolder(t)
  const instance = await instanceAt(home)
  const result = await setUpProfile(instance)
  t.match(result, { mode: 'local', port: 18_789, portSource: 'default', workspace: join(home, '.openclaw/workspace') })
  t.match(result.newToken, /^[0-9a-f]{48}$/)
  const { gateway, agents } = await parsed(instance)
  t.match(gateway, { mode: 'local', port: 18_789, auth: { token: result.newToken } })
  t.equal(agents?.defaults?.workspace, instance.paths.workspace)
  for (const path of [instance.paths.state, instance.paths.credentials, instance.paths.workspace]) {
    t.equal(modeOf(path), 0o700, path)
  }
  t.equal(modeOf(instance.paths.config), 0o600)
  const files = readdirSync(instance.paths.workspace).sort()
  t.strictSame(files, ['AGENTS.md', 'HEARTBEAT.md', 'IDENTITY.md', 'SOUL.md', 'TOOLS.md', 'USER.md'])
  const bytes = files.reduce((sum, name) => sum + statSync(join(instance.paths.workspace, name)).size, 0)
  t.ok(bytes < 2000, 'the files are part of every prompt')
})

t.test('a second setup changes nothing, byte for byte', async (t) => {
  const home = testFolder(t)
  const options: SetupOptions = { embedded: true, bind: 'loopback', port: 20_500 }
  await setUpProfile(await instanceAt(home), options)
  const before = snapshot(home)
  for (const again of [options, {}]) {
    const result = await setUpProfile(await instanceAt(home), again)
    t.match(result, { changed: [], created: [], newToken: undefined, port: 20_500 })
    t.strictSame(snapshot(home), before)
  }
})

t.test('what the user wrote stays: comments, token, workspace files', async (t) => {
  const home = testFolder(t)
  const instance = await instanceAt(home)
  mkdirSync(instance.paths.workspace, { recursive: true })
  writeFileSync(join(instance.paths.workspace, 'SOUL.md'), 'mine')
  const text = "// my gateway\n{\n  gateway: { auth: { token: 'my-own-token-123' }, port: 20000 }, // keep\n}\n"
  writeFileSync(instance.paths.config, text, { mode: 0o644 })
  const result = await setUpProfile(instance)
  t.equal(result.newToken, undefined)
  t.match(read(instance), /\/\/ my gateway[\s\S]*my-own-token-123[\s\S]*\/\/ keep/)
  t.match(await parsed(instance), { gateway: { mode: 'local', port: 20_000, auth: { token: 'my-own-token-123' } } })
  t.equal(readFileSync(join(instance.paths.workspace, 'SOUL.md'), 'utf8'), 'mine')
  t.equal(modeOf(instance.paths.config), 0o600, 'closed to others')
})

t.test('embedded: the echo model and the endpoints', async (t) => {
  const instance = await instanceAt(testFolder(t))
  await setUpProfile(instance, { embedded: true })
  t.match(await parsed(instance), {
    gateway: { http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true } } } },
    agents: { defaults: { model: 'builtin/echo', embeddingModel: 'builtin/echo' } },
  })
})

t.test('embedded keeps a model that was chosen', async (t) => {
  const instance = await instanceAt(testFolder(t))
  mkdirSync(instance.paths.state, { recursive: true })
  writeFileSync(instance.paths.config, '{ agents: { defaults: { model: "openrouter/x" } } }')
  await setUpProfile(instance, { embedded: true })
  t.equal((await parsed(instance)).agents?.defaults?.model, 'openrouter/x')
})

const secrets: [string, SetupOptions, Record<string, string>, object][] = [
  ['a token of the user', { token: 'given-token-123456' }, {}, { mode: 'token', token: 'given-token-123456' }],
  ['a password', { password: 'given-password' }, {}, { mode: 'password', password: 'given-password' }],
  ['no auth', { auth: 'none' }, {}, { mode: 'none' }],
]

for (const [name, options, env, auth] of secrets) {
  t.test(`${name} instead of a generated token`, async (t) => {
    const instance = await instanceAt(testFolder(t), undefined, env)
    const { newToken } = await setUpProfile(instance, options)
    t.equal(newToken, undefined)
    t.strictSame((await parsed(instance)).gateway?.auth, auth)
  })
}

t.test('a token of the environment is not doubled in the config', async (t) => {
  const instance = await instanceAt(testFolder(t), undefined, { OPENCLAW_GATEWAY_TOKEN: 'env-token-123456' })
  t.equal((await setUpProfile(instance)).newToken, undefined)
  t.equal((await parsed(instance)).gateway?.auth, undefined)
})

t.test('baseline: mode and workspace only', async (t) => {
  const instance = await instanceAt(testFolder(t), 'ops')
  t.equal((await setUpProfile(instance, { baseline: true })).newToken, undefined)
  const { gateway } = await parsed(instance)
  t.strictSame(gateway, { mode: 'local' })
})

t.test('remote: address and secret of the other gateway, nothing for a gateway here', async (t) => {
  const home = testFolder(t)
  const instance = await instanceAt(home)
  await setUpProfile(instance, { mode: 'remote', remoteUrl: 'wss://gw.example.com', remoteToken: 'remote-token-1' })
  t.strictSame((await parsed(instance)).gateway, {
    mode: 'remote',
    remote: { url: 'wss://gw.example.com', token: 'remote-token-1' },
  })
  t.notOk(readdirSync(instance.paths.state).includes('workspace'))
})

t.test('each profile writes its own port, the derived one when nobody says one', async (t) => {
  const home = testFolder(t)
  const ports: Record<string, number> = {}
  for (const profile of [undefined, 'dev', 'rescue', 'ops']) {
    const instance = await instanceAt(home, profile)
    ports[instance.profile] = (await setUpProfile(instance)).port
    t.equal((await parsed(instance)).gateway?.port, ports[instance.profile])
  }
  t.strictSame(ports, { default: 18_789, dev: 19_001, rescue: 23_532, ops: 55_291 })
  t.ok(readdirSync(join(home, '.openclaw')).includes('workspace-rescue'))
})

t.test('a port of the environment is for one run and is not written down', async (t) => {
  const instance = await instanceAt(testFolder(t), undefined, { OPENCLAW_GATEWAY_PORT: '4000' })
  t.equal((await setUpProfile(instance)).port, 18_789)
})

t.test('a port too close to that of another profile is refused, and nothing is written', async (t) => {
  const home = testFolder(t)
  await setUpProfile(await instanceAt(home))
  const rescue = await instanceAt(home, 'rescue')
  await t.rejects(setUpProfile(rescue, { port: 18_800 }), {
    code: 'port_too_close',
    message: /Port 18800 is 11 away from 18789 of profile "default".*openclaw --profile rescue setup --port 18920/,
    row: { exit: 1 },
  })
  t.notOk(readdirSync(home).includes('.openclaw-rescue'))
})

t.test('a port whose span overlaps is allowed with a warning', async (t) => {
  const home = testFolder(t)
  await setUpProfile(await instanceAt(home))
  const { overlap } = await setUpProfile(await instanceAt(home, 'near'), { port: 18_850 })
  t.match(overlap, { verdict: 'overlap', distance: 61, neighbour: { profile: 'default' } })
})

t.test('a neighbour with a broken config still counts, with the port that it names', async (t) => {
  const home = testFolder(t)
  mkdirSync(join(home, '.openclaw-broken'))
  writeFileSync(join(home, '.openclaw-broken', 'openclaw.json'), '{ gateway: { port: 19789, bogus: 1 } }')
  await t.rejects(setUpProfile(await instanceAt(home), { port: 19_790 }), { code: 'port_too_close' })
})

t.test('a profile that is configured too close already can be set up again', async (t) => {
  const home = testFolder(t)
  await setUpProfile(await instanceAt(home))
  const near = await instanceAt(home, 'near')
  mkdirSync(near.paths.state)
  writeFileSync(near.paths.config, '{ gateway: { port: 18790 } }')
  t.match((await setUpProfile(near)).overlap, { verdict: 'refused', distance: 1 })
})

t.test('a broken config is refused with its place and stays as it is', async (t) => {
  const instance = await instanceAt(testFolder(t))
  mkdirSync(instance.paths.state)
  writeFileSync(instance.paths.config, '{\n  gateway: { prot: 1 },\n}')
  await t.rejects(setUpProfile(instance), { code: 'config_invalid', message: /openclaw\.json:2:\d+.*gateway\.prot/ })
  t.equal(read(instance), '{\n  gateway: { prot: 1 },\n}')
})

t.test('a read-only config is refused', async (t) => {
  const instance = await instanceAt(testFolder(t), undefined, { OPENCLAW_CONFIG_READONLY: '1' })
  await t.rejects(setUpProfile(instance), { code: 'config_write_rejected', message: /OPENCLAW_CONFIG_READONLY/ })
})

t.test('a state directory that cannot be made is told', async (t: Test) => {
  const home = testFolder(t)
  writeFileSync(join(home, '.openclaw'), 'a file')
  await t.rejects(setUpProfile(await instanceAt(home)), { code: /state_unusable|config_invalid/ })
})

t.test('two setups at once leave one whole profile', async (t) => {
  const home = testFolder(t)
  const [a, b] = await Promise.allSettled([setUpProfile(await instanceAt(home)), setUpProfile(await instanceAt(home))])
  const winners = [a, b].filter((one) => one.status === 'fulfilled')
  t.ok(winners.length >= 1)
  for (const one of [a, b]) if (one.status === 'rejected') t.match(one.reason, { code: 'config_conflict' })
  t.match(await parsed(await instanceAt(home)), { gateway: { mode: 'local', port: 18_789 } })
})
