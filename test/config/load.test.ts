import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { isUnresolved } from '../../src/config/substitute.js'
import { invalid, load, sourceOf, valid } from './helper.js'

/** A reference to a variable, written so that no tool takes it for a template. */
const ref = (name: string) => `$\{${name}}`

t.test('no file is an empty config', async (t) => {
  const loaded = valid(await loadConfig({ path: join(t.testdir(), 'none.json'), env: { A: 'b' }, includeRoots: [] }))
  t.match(loaded, { exists: false, hash: '', config: {}, files: [], warnings: [], env: { A: 'b' } })
})

t.test('comments, trailing commas, bare keys', async (t) => {
  const loaded = valid(await load(t, '\ufeff// mine\n{ $schema: "x", gateway: { port: 0x4965, /* in */ }, }'))
  t.strictSame(loaded.config, { $schema: 'x', gateway: { port: 18789 } })
  t.ok(loaded.exists)
})

t.test('the hash of a single file is that of its bytes', async (t) => {
  const text = '{ cron: {} }\n'
  t.equal((await load(t, text)).hash, createHash('sha256').update(text).digest('hex'))
})

t.test('the config cannot be changed by its readers', async (t) => {
  const { config } = valid(
    await load(t, '{ gateway: { auth: { rateLimit: {} } }, bindings: [{}], env: { vars: { A: "b" } } }'),
  )
  t.throws(() => Object.assign(config.gateway?.auth?.rateLimit ?? {}, { maxAttempts: 1 }))
  t.throws(() => config.bindings?.push({}))
  t.throws(() => Object.assign(config.env?.vars ?? {}, { A: 'c' }))
})

t.test('files that cannot be read say why', async (t) => {
  const source = await sourceOf(t, {})
  const issue = async () => invalid(await loadConfig(source)).issues[0]
  await mkdir(source.path)
  t.match(await issue(), { path: '<root>', message: /not a regular file/ })
  const pipe = { ...source, path: join(source.path, 'pipe') }
  execFileSync('mkfifo', [pipe.path])
  t.match(invalid(await loadConfig(pipe)).issues, [{ message: /not a regular file/ }], 'and a pipe does not hang')
  const gbk = { ...source, path: join(source.path, 'gbk') }
  await writeFile(gbk.path, Buffer.from([0x7b, 0x2f, 0x2f, 0xc4, 0xe3, 0x0a, 0x7d]))
  t.match(invalid(await loadConfig(gbk)).issues, [{ message: /not UTF-8.*Save it as UTF-8/ }])
  const big = { ...source, path: join(source.path, 'big') }
  await writeFile(big.path, `{}${' '.repeat(2 * 1024 * 1024)}`)
  t.match(invalid(await loadConfig(big)).issues, [{ message: /larger than 2097152 bytes/ }])
})

t.test(
  'a file that this user may not read',
  { skip: process.getuid?.() === 0 && 'root may read everything' },
  async (t) => {
    const source = await sourceOf(t, '{}')
    await chmod(source.path, 0)
    t.match(invalid(await loadConfig(source)).issues, [{ message: /may not read it/ }])
  },
)

t.test('variables', async (t) => {
  const workspace = async (text: string, env: Record<string, string>) => {
    const loaded = valid(await load(t, JSON.stringify({ agents: { defaults: { workspace: text } } }), env))
    return { text: loaded.config.agents?.defaults?.workspace, warnings: loaded.warnings }
  }
  const rows: readonly (readonly [text: string, env: Record<string, string>, becomes: string, warnings: number])[] = [
    [ref('A'), { A: 'x' }, 'x', 0],
    [`${ref('A')}/v1/${ref('B_2')}`, { A: 'x', B_2: 'y' }, 'x/v1/y', 0],
    [`$${ref('A')}`, { A: 'x' }, ref('A'), 0],
    [ref('A'), {}, ref('A'), 1],
    [ref('A'), { A: '' }, ref('A'), 1],
    [ref('lower'), { lower: 'x' }, ref('lower'), 0],
    ['$A', { A: 'x' }, '$A', 0],
    [ref('A'), { A: ref('B'), B: 'x' }, ref('B'), 0],
  ]
  for (const [text, env, becomes, warnings] of rows) {
    const result = await workspace(text, env)
    t.equal(result.text, becomes, `${text} with ${JSON.stringify(env)}`)
    t.equal(result.warnings.length, warnings)
  }
  const { warnings } = await workspace(ref('MISSING'), {})
  t.match(warnings, [
    { path: 'agents.defaults.workspace', line: 1, column: 36, message: /MISSING is not set.*Set MISSING/ },
  ])
  t.ok(isUnresolved(`x ${ref('MISSING')}`))
  t.notOk(isUnresolved('$MISSING'))
})

t.test('env.vars and flat env keys feed variables; the process wins', async (t) => {
  const config = {
    env: { FLAT: 'f', vars: { KEY: 'config', OTHER: ref('KEY') } },
    tools: { deny: [ref('FLAT'), ref('KEY')] },
  }
  const loaded = valid(await load(t, JSON.stringify(config), { KEY: 'process', HOME: '/h' }))
  t.strictSame(loaded.config.tools?.deny, ['f', 'process'])
  t.match(loaded.env, { FLAT: 'f', KEY: 'process', OTHER: ref('KEY'), HOME: '/h' })
  t.equal(loaded.config.env?.vars?.OTHER, ref('KEY'), 'nothing is replaced inside env')
})

t.test('an invalid file still tells its hash, files and warnings', async (t) => {
  const loaded = invalid(await load(t, '{ agent: {}, gateway: { port: "x" } }'))
  t.match(loaded, { exists: true, hash: /^[0-9a-f]{64}$/, files: [{ text: /agent/ }], warnings: [{ path: 'agent' }] })
})

t.test('warnings', async (t) => {
  const rows: Readonly<Record<string, readonly [text: string, path: string, message: RegExp]>> = {
    'a key written twice': ['{ cron: { enabled: true, "enabled": false } }', 'cron.enabled', /written twice/],
    'an odd key of a channel': [
      '{ channels: { telegram: { botTokn: "x" } } }',
      'channels.telegram.botTokn',
      /Did you mean "botToken"/,
    ],
    'trusted proxies that cannot connect': [
      '{ gateway: { trustedProxies: ["10.0.0.1"], auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x" } } } }',
      'gateway.trustedProxies',
      /cannot be reached/,
    ],
    'trusted-proxy without proxies': [
      '{ gateway: { auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x" } } } }',
      'gateway.auth.mode',
      /needs gateway\.trustedProxies/,
    ],
    'two secrets, no mode': [
      '{ gateway: { auth: { token: "a", password: "b" } } }',
      'gateway.auth',
      /Set gateway\.auth\.mode/,
    ],
    'one secret for two doors': [
      '{ gateway: { auth: { token: "a" } }, hooks: { token: "a" } }',
      'hooks.token',
      /Use another/,
    ],
    'hooks without a token': ['{ hooks: { enabled: true } }', 'hooks.token', /openssl rand/],
    'a preset that is none': ['{ hooks: { presets: ["gmail", "fax"] } }', 'hooks.presets[1]', /no preset "fax"/],
    'a mapping that is never asked': [
      '{ hooks: { mappings: [{ match: { path: "/wake" } }] } }',
      'hooks.mappings[0].match.path',
      /meaning of its own/,
    ],
    'a signature without a secret': [
      '{ hooks: { mappings: [{ signature: { scheme: "github" } }] } }',
      'hooks.mappings[0].signature',
      /calls are refused/,
    ],
    'a recipient without a channel': [
      '{ hooks: { mappings: [{ to: "42" }] } }',
      'hooks.mappings[0].to',
      /Without channel/,
    ],
    'a transform without a module': [
      '{ hooks: { mappings: [{ transform: {} }] } }',
      'hooks.mappings[0].transform',
      /every call fails/,
    ],
    'open without a star': [
      '{ channels: { telegram: { dmPolicy: "open", allowFrom: ["1"] } } }',
      'channels.telegram.dmPolicy',
      /\["\*"\]/,
    ],
    'set-up without network': [
      '{ agents: { defaults: { sandbox: { docker: { setupCommand: "x" } } } } }',
      'agents.defaults.sandbox.docker.setupCommand',
      /network "bridge", readOnlyRoot false, user "0:0"/,
    ],
    'an unknown agent': [
      '{ agents: { entries: { a: {} } }, bindings: [{ agentId: "b" }] }',
      'bindings[0].agentId',
      /No agent is called "b"/,
    ],
    'two defaults': [
      '{ agents: { entries: { a: { default: true }, b: { default: true } } } }',
      'agents.entries.b.default',
      /"a" is used/,
    ],
    'custom bind without an address': ['{ gateway: { bind: "custom" } }', 'gateway.bind', /customBindHost/],
    'a placeholder': ['{ gateway: { auth: { token: "__OPENCLAW_REDACTED__" } } }', 'gateway.auth.token', /placeholder/],
    'a reference to no provider': [
      '{ gateway: { auth: { token: { source: "exec", provider: "vault", id: "x" } } } }',
      'gateway.auth.token.provider',
      /no secret provider "vault"/,
    ],
    'a reference with the source of another': [
      '{ secrets: { providers: { v: { source: "env" } } }, hooks: {}, gateway: { auth: { token: { source: "store", provider: "v", id: "X" } } } }',
      'gateway.auth.token.source',
      /has source "env", not "store"/,
    ],
    'wide area without a domain': [
      '{ discovery: { wideArea: { enabled: true } } }',
      'discovery.wideArea.enabled',
      /domain/,
    ],
  }
  for (const [name, [text, path, message]] of Object.entries(rows)) {
    t.match(valid(await load(t, text)).warnings, [{ path, message, line: 1, column: Number }], name)
  }
})
