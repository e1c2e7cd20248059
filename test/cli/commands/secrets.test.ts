import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testFolder } from '../../helper/folder.js'
import { standIn } from '../../helper/program.js'
import { startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'
import { type Reply, ScriptedUser } from '../onboard/user.js'

const plain = 'sk-plain-key-0123456789'
const config = (apiKey: unknown, more: object = {}) => ({
  gateway: { mode: 'local', auth: { mode: 'token', token: '$GW_TOKEN' } },
  models: { providers: { openai: { apiKey } } },
  ...more,
})
const fileProvider = (path: string) => ({ secrets: { providers: { vault: { source: 'file', path } } } })
const inVault = (id: string) => ({ source: 'file', provider: 'vault', id })

t.test('audit: clean, findings, unresolved, each with its exit code', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, '{"openai":"value-of-the-vault"}', { mode: 0o600 })
  cli.writeConfig(config(inVault('/openai'), fileProvider(vault)))
  const clean = await cli.run('secrets', 'audit', '--check', '--json')
  t.equal(clean.code, 0, clean.stdout)
  t.match(JSON.parse(clean.stdout), {
    version: 1,
    status: 'clean',
    resolution: { refsChecked: 2, skippedExecRefs: 0, resolvabilityComplete: true },
    filesScanned: [cli.configPath()],
    findings: [],
  })
  cli.writeConfig(config(plain))
  const found = await cli.run('secrets', 'audit', '--json')
  t.equal(found.code, 0)
  t.match(JSON.parse(found.stdout), {
    status: 'findings',
    summary: { plaintextCount: 1, unresolvedRefCount: 0 },
    findings: [
      { code: 'PLAINTEXT_FOUND', severity: 'warn', jsonPath: 'models.providers.openai.apiKey', provider: 'openai' },
    ],
  })
  t.equal((await cli.run('secrets', 'audit', '--check')).code, 1)
  cli.writeConfig(config(inVault('/none'), fileProvider(vault)))
  const unresolved = await cli.run('secrets', 'audit')
  t.equal(unresolved.code, 2)
  t.match(unresolved.stdout, /REF_UNRESOLVED {2}models\.providers\.openai\.apiKey/)
  cli.writeConfig('{ nope')
  t.equal((await cli.run('secrets', 'audit')).code, 78)
})

t.test('audit: every place where a secret can lie', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment', KEY: 'x' } })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, '{"openai":"value-of-the-vault"}', { mode: 0o600 })
  const path = cli.writeConfig(
    config(inVault('/openai'), {
      ...fileProvider(vault),
      channels: { discord: { token: '<your-token>' }, slack: { botToken: `\${KEY}`, appToken: 'xapp-plain-text' } },
      plugins: { entries: { p: { config: { deep: inVault('/a') } } } },
    }),
  )
  const state = join(cli.home, '.openclaw')
  writeFileSync(join(state, '.env'), 'OPENAI_API_KEY=sk-in-the-env-file\nOTHER=fine\n', { mode: 0o600 })
  writeFileSync(`${path}.bak`, '{"apiKey":"value-of-the-vault"}', { mode: 0o600 })
  const agent = join(state, 'agents', 'old', 'agent')
  mkdirSync(agent, { recursive: true })
  const profiles = {
    'openai:a': { type: 'api_key', provider: 'openai', key: 'sk-account-text' },
    'groq:b': { type: 'api_key', provider: 'groq', key: 'sk-beside', keyRef: inVault('/openai') },
    'x:c': { type: 'oauth', provider: 'x', access: 'oauth-token' },
  }
  writeFileSync(join(agent, 'auth-profiles.json'), JSON.stringify({ profiles }))
  writeFileSync(join(agent, 'auth.json'), '{}')
  const providers = {
    a: { apiKey: 'sk-generated', headers: { 'X-Api-Key': 'header-text', accept: 'json' } },
    b: { apiKey: 'OPENAI_API_KEY' },
  }
  writeFileSync(join(agent, 'models.json'), JSON.stringify({ providers }))
  const { stdout } = await cli.run('secrets', 'audit', '--json')
  const { findings, summary } = JSON.parse(stdout)
  t.strictSame(findings.map(({ code, jsonPath }: { code: string; jsonPath: string }) => `${code} ${jsonPath}`).sort(), [
    'LEGACY_RESIDUE <root>',
    'LEGACY_RESIDUE <root>',
    'PLACEHOLDER_VALUE channels.discord.token',
    'PLAINTEXT_FOUND $env.OPENAI_API_KEY',
    'PLAINTEXT_FOUND channels.slack.appToken',
    'PLAINTEXT_FOUND profiles.openai:a.key',
    'PLAINTEXT_FOUND providers.a.apiKey',
    'PLAINTEXT_FOUND providers.a.headers.X-Api-Key',
    'REF_SHADOWED models.providers.openai.apiKey',
    'REF_UNRESOLVED plugins.entries.p.config.deep',
    'STORE_PLAINTEXT_RESIDUE profiles.groq:b.key',
  ])
  t.strictSame(summary, {
    plaintextCount: 5,
    unresolvedRefCount: 1,
    shadowedRefCount: 1,
    storeResidueCount: 1,
    legacyResidueCount: 2,
  })
  t.notMatch(stdout, /sk-|xapp-plain|header-text|oauth-token|value-of/, 'no value is shown')
})

t.test('audit: programs run only when asked for', async (t) => {
  const program = standIn(t, 'op', `process.stdout.write('value-of-op')`)
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const providers = { op: { source: 'exec', command: program.path, jsonOnly: false } }
  cli.writeConfig(config({ source: 'exec', provider: 'op', id: 'value' }, { secrets: { providers } }))
  const skipped = await cli.run('secrets', 'audit', '--json')
  t.match(JSON.parse(skipped.stdout).resolution, { refsChecked: 1, skippedExecRefs: 1, resolvabilityComplete: false })
  t.equal(program.calls.length, 0)
  const asked = await cli.run('secrets', 'audit', '--json', '--allow-exec')
  t.match(JSON.parse(asked.stdout), { status: 'clean', resolution: { refsChecked: 2 } })
  t.equal(program.calls.length, 1)
})

t.test('configure and apply move a secret, and leave no copy behind', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const path = cli.writeConfig(config(plain))
  t.equal((await cli.run('config', 'set', 'logging.level', 'debug')).code, 0)
  t.match(readFileSync(`${path}.bak`, 'utf8'), plain)
  const env = join(cli.home, '.openclaw', '.env')
  writeFileSync(env, `# mine\nOPENAI_API_KEY="${plain}"\nOTHER=stays\n`, { mode: 0o600 })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, JSON.stringify({ openai: plain }), { mode: 0o600 })
  const plan = join(cli.home, 'plan.json')
  const made = await cli.run(
    ...['secrets', 'configure', '--json', '--plan-out', plan],
    ...['--set-providers', JSON.stringify({ vault: { source: 'file', path: vault } })],
    ...['--set-refs', '{"models.providers.openai.apiKey": "file:vault:/openai"}'],
  )
  t.equal(made.code, 0, made.stderr)
  t.match(JSON.parse(readFileSync(plan, 'utf8')), {
    version: 1,
    protocolVersion: 1,
    targets: [{ type: 'models.providers.apiKey', path: 'models.providers.openai.apiKey', ref: inVault('/openai') }],
  })
  t.equal(statSync(plan).mode & 0o777, 0o600)
  t.match(readFileSync(path, 'utf8'), plain, 'a plan changes nothing')
  const tried = await cli.run('secrets', 'apply', '--from', plan, '--dry-run', '--json')
  t.match(JSON.parse(tried.stdout), { ok: true, changed: true, dryRun: true, different: [] })
  t.match(readFileSync(path, 'utf8'), plain)
  const applied = await cli.run('secrets', 'apply', '--from', plan, '--json')
  t.equal(applied.code, 0, applied.stderr)
  const text = readFileSync(path, 'utf8')
  t.match(JSON.parse(text), { models: { providers: { openai: { apiKey: inVault('/openai') } } } })
  t.equal(readFileSync(env, 'utf8'), '# mine\nOTHER=stays\n')
  t.notOk(existsSync(`${path}.bak`), 'the copy is gone')
  for (const { stdout, stderr } of [made, tried, applied]) t.notMatch(stdout + stderr, plain)
  t.notMatch(text + readFileSync(plan, 'utf8'), plain)
  t.equal((await cli.run('secrets', 'audit', '--check')).code, 0)
  t.match(await cli.run('secrets', 'apply', '--from', plan), { code: 0, stdout: /nothing to change/ })
})

t.test('apply: an account of an agent', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, JSON.stringify({ openai: 'another-value' }), { mode: 0o600 })
  cli.writeConfig(config('$GW_TOKEN', fileProvider(vault)))
  const agent = join(cli.home, '.openclaw', 'agents', 'main', 'agent')
  mkdirSync(agent, { recursive: true })
  const file = join(agent, 'auth-profiles.json')
  const profile = { type: 'api_key', provider: 'openai', key: plain, email: 'me' }
  writeFileSync(file, JSON.stringify({ version: 1, profiles: { 'openai:work': profile } }), { mode: 0o600 })
  const run = await cli.run(
    ...['secrets', 'configure', '--agent', 'main', '--apply', '--yes', '--json'],
    ...['--set-refs', '{"profiles.openai:work.key": "file:vault:/openai"}'],
  )
  t.equal(run.code, 0, run.stderr)
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), {
    version: 1,
    profiles: { 'openai:work': { type: 'api_key', provider: 'openai', email: 'me', keyRef: inVault('/openai') } },
  })
})

t.test('apply: plans that are refused change nothing', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, JSON.stringify({ openai: plain }), { mode: 0o600 })
  const path = cli.writeConfig(config(inVault('/openai'), fileProvider(vault)))
  const before = readFileSync(path, 'utf8')
  const key = 'models.providers.openai.apiKey'
  const target = { type: 'models.providers.apiKey', path: key, ref: inVault('/openai') }
  const plan = (more: object) => ({ version: 1, protocolVersion: 1, targets: [], ...more })
  const proto = 'models.providers.__proto__.apiKey'
  const rows: [name: string, plan: unknown, words: RegExp][] = [
    ['another version', { ...plan({}), version: 2 }, /version/],
    ['an unknown key', plan({ extra: 1 }), /extra/],
    ['no targets', { version: 1, protocolVersion: 1 }, /targets/],
    ['another type', plan({ targets: [{ ...target, type: 'gateway.auth.token' }] }), /of type "models/],
    ['no field for secrets', plan({ targets: [{ ...target, path: 'gateway.port' }] }), /takes no references/],
    ['a forbidden step', plan({ targets: [{ ...target, path: proto }] }), /forbidden/],
    ['hidden steps', plan({ targets: [{ ...target, pathSegments: ['gateway', 'auth', 'token'] }] }), /differ/],
    ['another provider', plan({ targets: [{ ...target, providerId: 'groq' }] }), /not of the provider/],
    ['twice', plan({ targets: [target, target] }), /twice/],
    ['a bad reference', plan({ targets: [{ ...target, ref: { source: 'env', provider: 'x', id: '-' } }] }), /ref/],
    ['a bad provider', plan({ providerUpserts: { v: { source: 'nope' } } }), /providerUpserts/],
    ['a provider in use', plan({ providerDeletes: ['vault'] }), /still refers to the provider/],
    ['an unreadable reference', plan({ targets: [{ ...target, ref: inVault('/none') }] }), /nothing at this pointer/],
    ['a program', plan({ targets: [{ ...target, ref: { source: 'exec', provider: 'x', id: 'a' } }] }), /--allow-exec/],
    ['an account without agent', plan({ targets: [{ ...target, type: 'auth-profiles.api_key.key' }] }), /agentId/],
    [
      'no account',
      plan({
        targets: [
          { type: 'auth-profiles.api_key.key', path: 'profiles.x.key', agentId: 'main', ref: inVault('/openai') },
        ],
      }),
      /no accounts/,
    ],
  ]
  const file = join(cli.home, 'plan.json')
  for (const [name, content, words] of rows) {
    writeFileSync(file, JSON.stringify(content))
    const { code, stderr } = await cli.run('secrets', 'apply', '--from', file, '--json')
    t.equal(code, 1, name)
    t.match(stderr, words, name)
    t.equal(readFileSync(path, 'utf8'), before, name)
  }
  t.match(await cli.run('secrets', 'apply', '--from', cli.home), { code: 1, stderr: /not a regular file/ })
  t.match(await cli.run('secrets', 'apply'), { code: 2, stderr: /--from/ })
})

t.test('apply: a write that fails puts everything back', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, JSON.stringify({ openai: plain }), { mode: 0o600 })
  const path = cli.writeConfig(config(plain, fileProvider(vault)))
  const before = readFileSync(path, 'utf8')
  const env = join(cli.home, '.openclaw', '.env')
  writeFileSync(env, `OPENAI_API_KEY=${plain}\n`, { mode: 0o600 })
  const target = { type: 'models.providers.apiKey', path: 'models.providers.openai.apiKey', ref: inVault('/openai') }
  const { applyPlan } = await import('../../../src/secrets/plan/apply.js')
  const { checkPlan } = await import('../../../src/secrets/plan/read-plan.js')
  const { resolveInstance } = await import('../../../src/instance/resolve.js')
  const instance = await resolveInstance({
    flags: {},
    env: { HOME: cli.home, GW_TOKEN: 'token-from-the-environment' },
    cwd: cli.home,
    host: { tmpDir: join(cli.home, 'tmp') },
  })
  const plan = checkPlan({ version: 1, protocolVersion: 1, targets: [target] })
  const options = {
    dryRun: false,
    allowExec: false,
    agentDir: () => cli.home,
    credentialNames: new Set(['OPENAI_API_KEY']),
    signal: new AbortController().signal,
    write: async () => {
      throw new Error('the disk is full')
    },
  }
  await t.rejects(applyPlan(instance, plan, options), { message: 'the disk is full' })
  t.equal(readFileSync(path, 'utf8'), before)
  t.equal(readFileSync(env, 'utf8'), `OPENAI_API_KEY=${plain}\n`)
})

t.test('status and reload talk to the gateway', async (t) => {
  const cli = cliFor(t)
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, '{"token":"token-in-the-vault-012345"}', { mode: 0o600 })
  cli.writeConfig({
    gateway: { mode: 'local', auth: { mode: 'token', token: inVault('/token') } },
    models: { providers: { openai: { apiKey: inVault('/openai') } } },
    ...fileProvider(vault),
  })
  t.match(await cli.run('secrets', 'reload'), { code: 1, stderr: /not (?:running|reachable)|Nothing/i })
  await startGateway(t, cli.home)
  const status = await cli.run('secrets', 'status')
  t.equal(status.code, 1, status.stderr)
  t.match(status.stdout, /ok +file:vault +gateway\.auth\.token +gateway:ingress-auth/)
  t.match(status.stdout, /cold +file:vault +models\.providers\.openai\.apiKey +provider:openai/)
  t.match(status.stdout, /SECRET_REF_NOT_FOUND/)
  t.match(await cli.run('secrets', 'reload'), { code: 0, stdout: /with 1 warnings/ })
  writeFileSync(vault, '{"token":"token-in-the-vault-012345","openai":"now-there"}', { mode: 0o600 })
  t.match(await cli.run('secrets', 'reload'), { code: 0, stdout: 'Secrets reloaded.\n' })
  t.equal((await cli.run('secrets', 'status')).code, 0)
})

t.test('there is no store, and it is said', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('secrets', 'store', 'set', 'A'), { code: 1, stderr: /no store for secrets/ })
})

t.test('config validate and config set look at the programs of providers', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const program = standIn(t, 'op', `process.stdout.write('value')`)
  const provider = JSON.stringify({ source: 'exec', command: program.path })
  cli.writeConfig(config('$GW_TOKEN'))
  t.equal((await cli.run('config', 'set', 'secrets.providers.op', provider)).code, 0)
  t.equal((await cli.run('config', 'validate')).code, 0)
  chmodSync(program.path, 0o777)
  const validated = await cli.run('config', 'validate', '--json')
  t.equal(validated.code, 1)
  t.match(JSON.parse(validated.stdout), {
    valid: false,
    issues: [{ path: 'secrets.providers.op.command', message: /changed by other users/ }],
  })
  const refused = await cli.run('config', 'set', 'secrets.providers.other', provider)
  t.match(refused, { code: 1, stderr: /secrets\.providers\.other\.command.*changed by other users/ })
  t.equal((await cli.run('config', 'set', 'logging.level', 'debug')).code, 0, 'an edit of something else goes on')
  t.equal(program.calls.length, 0)
})

t.test('configure asks on a terminal, tries, and does what was agreed', async (t) => {
  const home = testFolder(t)
  const vault = join(home, 'vault.json')
  writeFileSync(vault, JSON.stringify({ openai: plain }), { mode: 0o600 })
  const setUp = cliFor(t, { home })
  const path = setUp.writeConfig(config(plain, { channels: { discord: { enabled: false, token: 'stays-as-it-is' } } }))
  const replies: Reply[] = [
    [/place where secrets are kept/, true],
    [/called/, 'vault'],
    [/Where are the secrets/, 'file'],
    [/Path of the file/, vault],
    [/whole file one secret/, false],
    [/another one/, false],
    [/Which secrets shall move/, ['models.providers.openai.apiKey']],
    [/Where is models\.providers\.openai\.apiKey kept/, 'vault'],
    [/Place in the file/, '/openai'],
    [/Carry it out/, true],
  ]
  const user = new ScriptedUser(replies)
  const cli = cliFor(t, { home, env: { GW_TOKEN: 'token-from-the-environment' }, tty: true, prompter: user })
  const { code, stdout, stderr } = await cli.run('secrets', 'configure')
  t.equal(code, 0, stderr)
  t.strictSame(user.left, [])
  t.match(JSON.parse(readFileSync(path, 'utf8')), {
    models: { providers: { openai: { apiKey: inVault('/openai') } } },
    channels: { discord: { token: 'stays-as-it-is' } },
  })
  t.notMatch(stdout + user.words + readFileSync(path, 'utf8'), plain)
})

t.test('configure without a terminal and without answers says what it needs', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config(plain))
  t.match(await cli.run('secrets', 'configure'), { code: 2, stderr: /--set-providers/ })
  const both = await cli.run('secrets', 'configure', '--providers-only', '--skip-provider-setup')
  t.match(both, { code: 2, stderr: /not both/ })
  const refs = '{"models.providers.openai.apiKey": "env:default:KEY"}'
  t.match(await cli.run('secrets', 'configure', '--set-refs', refs, '--apply'), { code: 1, stderr: /KEY is not set/ })
  const asked = cliFor(t, { home: cli.home, env: { KEY: 'value-of-the-key' } })
  t.match(await asked.run('secrets', 'configure', '--set-refs', refs, '--apply'), { code: 2, stderr: /--yes/ })
})

t.test('a model may be chosen whose key is kept elsewhere, or is not there yet', async (t) => {
  const cli = cliFor(t, { env: { GW_TOKEN: 'token-from-the-environment' } })
  const providers = { v: { source: 'exec', command: '/nowhere/vault' } }
  const models = {
    providers: {
      kept: { baseUrl: 'https://kept.example/v1', apiKey: { source: 'exec', provider: 'v', id: 'a' } },
      unset: { baseUrl: 'https://unset.example/v1', apiKey: '$NOT_THERE' },
    },
  }
  cli.writeConfig({ gateway: { mode: 'local', auth: { token: '$GW_TOKEN' } }, secrets: { providers }, models })
  t.match(await cli.run('models', 'set', 'kept/one'), { code: 0, stderr: '' })
  t.match(await cli.run('models', 'set', 'unset/one'), { code: 0, stderr: /NOT_THERE is not set/ })
})
