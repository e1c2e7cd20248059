import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cliFor } from '../harness.js'

const config = `// mine
{
  gateway: {
    mode: 'local', // here
    auth: { token: 'secret-token-1234567890' },
  },
  agents: { entries: { tutor: { name: 'Tutor' } } },
}
`

t.test('file: the path, there or not', async (t) => {
  const cli = cliFor(t)
  t.strictSame(await cli.run('config', 'file'), { code: 0, stdout: `${cli.configPath()}\n`, stderr: '' })
  const rescue = await cli.run('--profile', 'rescue', 'config', 'file', '--json')
  t.strictSame(JSON.parse(rescue.stdout), { ok: true, path: cli.configPath('rescue'), exists: false })
})

t.test('get: values, never a secret', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config)
  const shown: [string[], string][] = [
    [['gateway.mode'], 'local\n'],
    [['gateway.auth.token'], '__OPENCLAW_REDACTED__\n'],
    [['agents.entries.tutor.name', '--json'], '"Tutor"\n'],
    [
      ['gateway', '--json'],
      `${JSON.stringify({ mode: 'local', auth: { token: '__OPENCLAW_REDACTED__' } }, null, 2)}\n`,
    ],
  ]
  for (const [argv, stdout] of shown) {
    t.strictSame(await cli.run('config', 'get', ...argv), { code: 0, stdout, stderr: '' }, argv.join(' '))
  }
  const whole = await cli.run('config', 'get')
  t.notMatch(whole.stdout, /secret-token/)
  t.match(JSON.parse(whole.stdout), { gateway: { mode: 'local' } })
})

t.test('get: what is not there', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config)
  const unset = await cli.run('config', 'get', 'gateway.port')
  t.match(unset, { code: 1, stdout: '', stderr: /gateway\.port is valid but not set/ })
  const unknown = await cli.run('config', 'get', 'gateway.prot', '--json')
  t.match(unknown, { code: 1, stderr: /Unknown config path/ })
  t.match(JSON.parse(unknown.stdout), {
    ok: false,
    error: { code: 'config_path_unknown', try: 'openclaw config schema' },
  })
})

t.test('set, get, unset: comments stay, the file is private, backups are kept', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  const set = await cli.run('config', 'set', 'gateway.port', '19789')
  t.match(set, { code: 0, stdout: /Updated gateway\.port.* in .*\n.*rebuilds itself/, stderr: '' })
  t.match(readFileSync(path, 'utf8'), /^\/\/ mine[\s\S]*\/\/ here/)
  t.equal((await cli.run('config', 'get', 'gateway.port')).stdout, '19789\n')
  t.equal(readFileSync(`${path}.bak`, 'utf8'), config)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const text = readFileSync(path, 'utf8')
  t.match(await cli.run('config', 'set', 'gateway.port', '19789'), { code: 0, stdout: 'No change.\n' })
  t.equal(readFileSync(path, 'utf8'), text)
  t.match(await cli.run('config', 'unset', 'gateway.port'), { code: 0 })
  t.match(await cli.run('config', 'unset', 'gateway.port'), { code: 1, stderr: /not set; nothing to remove/ })
})

const values: [string, string, unknown][] = [
  ['gateway.port', '19789', 19_789],
  ['gateway.auth.allowTailscale', 'true', true],
  ['agents.defaults.model', 'lmstudio/minimax-m2.5-gs32', 'lmstudio/minimax-m2.5-gs32'],
  ['agents.defaults.model', '{primary: "a/b", fallbacks: ["c/d"]}', { primary: 'a/b', fallbacks: ['c/d'] }],
  ['gateway.trustedProxies', "['10.0.0.1',]", ['10.0.0.1']],
  ['gateway.auth.password', '123456', '123456'],
  ['channels.whatsapp.allowFrom', '["+15555550123"]', ['+15555550123']],
]

for (const [path, text, value] of values) {
  t.test(`set ${path} ${text}`, async (t) => {
    const cli = cliFor(t)
    const file = cli.writeConfig({ gateway: { mode: 'local' } })
    const { code, stdout } = await cli.run('config', 'set', path, text, '--json')
    t.equal(code, 0)
    t.match(JSON.parse(stdout), { ok: true, changed: true, dryRun: false, path: file, reload: /restart|hot|none/ })
    const written = JSON.parse(readFileSync(file, 'utf8'))
    t.strictSame(
      path.split('.').reduce((tree, step) => tree[step], written),
      value,
    )
  })
}

t.test('reload hints by path', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local' } })
  const hint = async (path: string, value: string) => (await cli.run('config', 'set', path, value, '--dry-run')).stdout
  t.match(await hint('gateway.port', '1234'), /rebuilds itself/)
  t.match(await hint('gateway.reload.mode', 'hot'), /No gateway restart needed/)
  t.match(await hint('agents.defaults.model', 'a/b'), /without a restart/)
})

const refused: [string, string[], number, RegExp][] = [
  ['an unknown key', ['set', 'gateway.prot', '1'], 1, /Config validation failed: gateway\.prot: Unknown key/],
  ['a wrong type', ['set', 'gateway.port', 'high'], 1, /gateway\.port: Expected a whole number/],
  ['the redacted placeholder', ['set', 'gateway.auth.token', '__OPENCLAW_REDACTED__'], 1, /redacted placeholder/],
  ['a whole map', ['set', 'agents.entries', '{}'], 1, /--merge to add to it or --replace/],
  ['loose JSON with --strict-json', ['set', 'gateway.mode', 'local', '--strict-json'], 2, /must be JSON/],
  ['--merge and --replace', ['set', 'agents.entries', '{}', '--merge', '--replace'], 2, /exclude each other/],
  ['a builder that is not there yet', ['set', 'a', 'b', '--ref-id', 'X'], 2, /--ref-id is not available/],
  ['no value', ['set', 'gateway.port'], 2, /<value> is missing/],
  ['removing the mode', ['unset', 'gateway.mode'], 1, /gateway\.mode/],
]

for (const [name, argv, code, message] of refused) {
  t.test(`refused, and nothing is written: ${name}`, async (t) => {
    const cli = cliFor(t)
    const path = cli.writeConfig(config)
    const ran = await cli.run('config', ...argv)
    t.match(ran, { code, stdout: '', stderr: message })
    t.equal(readFileSync(path, 'utf8'), config)
    const json = await cli.run('config', ...argv, '--json')
    t.match(JSON.parse(json.stdout), { ok: false, error: { message } })
  })
}

t.test('maps: merge adds, replace replaces, an empty place needs neither', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  await cli.run('config', 'set', 'agents.entries', '{ops: {}}', '--merge')
  t.match(readFileSync(path, 'utf8'), /Tutor[\s\S]*ops/)
  await cli.run('config', 'set', 'agents.entries', '{one: {}}', '--replace')
  t.notMatch(readFileSync(path, 'utf8'), /Tutor/)
  t.equal((await cli.run('config', 'set', 'models.providers', '{x: {baseUrl: "http://127.0.0.1:1/v1"}}')).code, 0)
})

t.test('patch: from a file, from standard input, null removes', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  writeFileSync(join(cli.home, 'changes.json5'), '{ gateway: { port: 20000, bind: "lan" } } // two')
  t.match(await cli.run('config', 'patch', '--file', 'changes.json5'), {
    code: 0,
    stdout: /gateway\.port, gateway\.bind/,
  })
  t.match(await cli.feed('{gateway: {bind: null}}', 'config', 'patch', '--stdin'), { code: 0, stdout: /gateway\.bind/ })
  t.notMatch(readFileSync(path, 'utf8'), /bind/)
  const text = readFileSync(path, 'utf8')
  t.match(await cli.feed('{gateway: {port: 1}}', 'config', 'patch', '--stdin', '--dry-run'), {
    code: 0,
    stdout: /Would update/,
  })
  t.equal(readFileSync(path, 'utf8'), text)
})

const badPatches: [string, string[], string, RegExp][] = [
  ['no source', [], '', /either --file or --stdin/],
  ['both sources', ['--stdin', '--file', 'x'], '', /either --file or --stdin/],
  ['a missing file', ['--file', 'nowhere'], '', /Cannot read .*nowhere \(ENOENT\)/],
  ['no JSON5', ['--stdin'], '{', /not JSON5/],
  ['a list', ['--stdin'], '[1]', /one object/],
]

for (const [name, argv, input, message] of badPatches) {
  t.test(`patch refused: ${name}`, async (t) => {
    t.match(await cliFor(t).feed(input, 'config', 'patch', ...argv), { code: 2, stderr: message })
  })
}

t.test('validate: valid, missing, broken', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('config', 'validate'), { code: 0, stdout: /There is no config at/ })
  const path = cli.writeConfig(config)
  t.match(await cli.run('config', 'validate'), { code: 0, stdout: `Config valid: ${path}\n`, stderr: '' })
  cli.writeConfig('{\n  gateway: { prot: 1 },\n  agents: 7,\n}')
  const human = await cli.run('config', 'validate')
  t.match(human, { code: 1, stderr: '' })
  t.match(human.stdout, /not valid \(2 to correct\)/)
  t.match(human.stdout, /× .*openclaw\.json:2:14 {2}gateway\.prot: .*Did you mean "port"\?/)
  t.match(human.stdout, /× .*openclaw\.json:3:11 {2}agents: /)
  const program = await cli.run('config', 'validate', '--json')
  t.equal(program.code, 1)
  t.match(JSON.parse(program.stdout), {
    ok: false,
    valid: false,
    path,
    issues: [{ path: 'gateway.prot', line: 2, column: 14 }, { path: 'agents' }],
  })
})

t.test('a broken file: get and set say where and change nothing', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig('{ gateway: {\n')
  t.match(await cli.run('config', 'get', 'gateway.mode'), { code: 78, stderr: /openclaw\.json:2:1/ })
  t.match(await cli.run('config', 'set', 'gateway.mode', 'local'), { code: 1, stderr: /repaired by hand/ })
  t.equal(readFileSync(path, 'utf8'), '{ gateway: {\n')
})

t.test('schema: a JSON Schema for editors', async (t) => {
  const { code, stdout } = await cliFor(t).run('config', 'schema')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { $schema: /draft-07/, type: 'object', properties: { gateway: { type: 'object' } } })
})

t.test('a set without a config makes one, private, and only in its profile', async (t) => {
  const cli = cliFor(t)
  t.equal((await cli.run('--profile', 'rescue', 'config', 'set', 'gateway.port', '19789')).code, 0)
  t.equal(statSync(cli.configPath('rescue')).mode & 0o777, 0o600)
  t.notOk(existsSync(cli.configPath()))
  t.strictSame(
    readdirSync(cli.home).filter((name) => name.startsWith('.openclaw')),
    ['.openclaw-rescue'],
  )
})

t.test('in Chinese', async (t) => {
  const cli = cliFor(t, { env: { LANG: 'zh_CN.UTF-8' } })
  cli.writeConfig(config)
  t.match(await cli.run('config', 'validate'), { stdout: /^配置有效：/ })
  t.match(await cli.run('config', 'get', 'gateway.port'), { code: 1, stderr: /有效但未设置/ })
  t.match(await cli.run('config', 'set', 'gateway.port', '1', '--dry-run'), { stdout: /未写入任何内容/ })
})
