import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t from 'tap'
import { startUpstream } from '../../helper/upstream.js'
import { freePort } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'
import { bench } from '../service-bench.js'

const script = ['onboard', '--non-interactive', '--accept-risk']
const written = (cli: Cli, profile?: string) => JSON5.parse(readFileSync(cli.configPath(profile), 'utf8'))
const json = async (cli: Cli, ...argv: string[]) => JSON.parse((await cli.run(...argv, '--json')).stdout)

t.test('a script: one JSON value, everything written, repeated it changes nothing', async (t) => {
  const cli = cliFor(t)
  const line = [
    ...script,
    '--auth-choice',
    'echo',
    '--gateway-port',
    '20100',
    '--skip-health',
    '--skip-daemon',
    '--skip-ui',
  ]
  const { code, stdout, stderr } = await cli.run(...line, '--json')
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(JSON.parse(stdout), {
    ok: true,
    mode: 'local',
    authChoice: 'echo',
    model: 'builtin/echo',
    gateway: { port: 20_100, bind: 'loopback', authMode: 'token', tailscaleMode: 'off' },
    installDaemon: false,
    skipSkills: false,
    skipHealth: true,
    token: /^[0-9a-f]{48}$/,
    warnings: [],
  })
  t.equal(statSync(cli.configPath()).mode & 0o777, 0o600)
  const before = readFileSync(cli.configPath(), 'utf8')
  t.match(await json(cli, ...line), { ok: true, changed: [], created: [] })
  t.equal(readFileSync(cli.configPath(), 'utf8'), before)
})

t.test('the risk has to be accepted, and a script has to say that it is one', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('onboard', '--non-interactive'), { code: 1, stderr: /add --accept-risk/ })
  t.match(await cli.run('onboard'), { code: 2, stderr: /needs a terminal[\s\S]*--non-interactive --accept-risk/ })
  t.match(await cli.run('setup', '--non-interactive', '--tailscale', 'serve'), { code: 1, stderr: /--accept-risk/ })
  t.notOk(existsSync(cli.configPath()))
})

t.test('keys: plain, by reference, from the variable, or missing', async (t) => {
  const reference = { source: 'env', provider: 'default', id: 'OPENAI_API_KEY' }
  const env = { OPENAI_API_KEY: 'sk-of-the-shell' }
  const choice = [...script, '--auth-choice', 'openai-api-key']
  const cases: [string, string[], Record<string, string>, unknown][] = [
    ['given as text', ['--openai-api-key', 'sk-given'], {}, 'sk-given'],
    ['ref', ['--secret-input-mode', 'ref'], env, reference],
    ['of a variable, by its name', [], env, reference],
    ['of a variable, copied when asked to', ['--secret-input-mode', 'plaintext'], env, 'sk-of-the-shell'],
  ]
  for (const [name, options, variables, apiKey] of cases) {
    const cli = cliFor(t, { env: variables })
    t.match(await json(cli, ...choice, ...options), { ok: true, model: 'openai/gpt-5' }, name)
    t.strictSame(written(cli).models.providers.openai.apiKey, apiKey, name)
  }
  const cli = cliFor(t)
  t.match(await cli.run(...choice), { code: 2, stderr: /no key for openai. Set OPENAI_API_KEY/ })
  t.match(await cli.run(...choice, '--secret-input-mode', 'ref'), { code: 2, stderr: /none is set: OPENAI_API_KEY/ })
  t.notOk(existsSync(cli.configPath()))
})

t.test('the names of the official tool', async (t) => {
  const cases: [string[], string][] = [
    [['--auth-choice', 'apiKey', '--anthropic-api-key', 'sk-ant'], 'anthropic/claude-sonnet-4-5'],
    [['--auth-choice', 'gemini-api-key', '--gemini-api-key', 'AIza'], 'google/gemini-2.5-flash'],
    [['--openrouter-api-key', 'sk-or', '--model', 'qwen/qwen3-coder'], 'openrouter/qwen/qwen3-coder'],
    [
      ['--auth-choice', 'ollama', '--model', 'ollama/qwen3', '--custom-base-url', 'http://10.0.0.5:11434/v1'],
      'ollama/qwen3',
    ],
  ]
  for (const [options, model] of cases) {
    const cli = cliFor(t)
    t.match(await json(cli, ...script, ...options), { ok: true, model }, options.join(' '))
  }
})

t.test('a custom address, tried before anything is written', async (t) => {
  const upstream = await startUpstream(t, 'Hello there.')
  const cli = cliFor(t)
  const line = [...script, '--auth-choice', 'custom-api-key', '--custom-base-url', upstream.baseUrl]
  const more = [
    '--custom-model-id',
    'mini',
    '--custom-api-key',
    'sk-mine',
    '--custom-provider-id',
    'mine',
    '--test-model',
  ]
  t.match(await json(cli, ...line, ...more), {
    ok: true,
    model: 'mine/mini',
    modelTest: { ok: true, text: 'Hello there.' },
  })
  t.match(written(cli), {
    models: {
      providers: { mine: { baseUrl: upstream.baseUrl, apiKey: 'sk-mine', models: [{ id: 'mini', input: ['text'] }] } },
    },
  })
  upstream.script = { status: 401, body: { error: { message: 'No such key: sk-wrong' } } }
  const fresh = cliFor(t)
  const failed = await fresh.run(...line, '--custom-model-id', 'mini', '--custom-api-key', 'sk-wrong', '--test-model')
  t.match(failed, { code: 1, stderr: /custom-127-0-0-1-\d+\/mini did not answer: .*401/ })
  t.notMatch(failed.stderr, 'sk-wrong', 'without the key')
  t.notOk(existsSync(fresh.configPath()), 'nothing is written')
  t.match(await fresh.run(...script, '--custom-base-url', upstream.baseUrl), { code: 2, stderr: /--custom-model-id/ })
  t.match(await fresh.run(...script, '--custom-base-url', 'file:///x', '--custom-model-id', 'm'), { code: 2 })
})

t.test('the token: a name of a variable, or one of its own beside that of the shell, which is said', async (t) => {
  const cli = cliFor(t, { env: { MY_TOKEN: 'token-in-a-variable', OPENCLAW_GATEWAY_TOKEN: 'token-of-another' } })
  const named = await json(cli, ...script, '--gateway-token-ref-env', 'MY_TOKEN')
  t.match(named, { ok: true, warnings: [] })
  t.notOk('token' in named)
  t.strictSame(written(cli).gateway.auth, {
    mode: 'token',
    token: { source: 'env', provider: 'default', id: 'MY_TOKEN' },
  })
  const own = await json(cli, '--profile', 'ops', ...script)
  t.match(own, {
    token: /^[0-9a-f]{48}$/,
    warnings: [{ code: 'token_of_environment', message: /OPENCLAW_GATEWAY_TOKEN/ }],
  })
  t.equal(written(cli, 'ops').gateway.auth.token, own.token)
  t.match(await cli.run(...script, '--gateway-token-ref-env', 'NOT_SET'), { code: 2, stderr: /NOT_SET is not set/ })
  t.match(await cli.run(...script, '--gateway-token-ref-env', 'MY_TOKEN', '--gateway-token', 'x'), { code: 2 })
})

t.test('onboarding options on setup, remote, funnel, reset', async (t) => {
  const cli = cliFor(t)
  const setup = await cli.run(
    'setup',
    '--non-interactive',
    '--accept-risk',
    '--auth-choice',
    'echo',
    '--tailscale',
    'serve',
  )
  t.match(setup, { code: 0, stdout: /Model +builtin\/echo/ })
  t.match(written(cli).gateway.tailscale, { mode: 'serve' })
  t.match(await cli.run(...script, '--gateway-auth', 'password'), { code: 2, stderr: /needs --gateway-password/ })
  t.match(await cli.run(...script, '--tailscale', 'funnel'), { code: 2, stderr: /--gateway-password/ })
  const funnel = ['--tailscale', 'funnel', '--gateway-auth', 'password', '--gateway-password', 'a-long-password']
  t.match(await json(cli, ...script, ...funnel), { gateway: { authMode: 'password', tailscaleMode: 'funnel' } })
  const again = await json(cli, ...script, '--reset', '--reset-scope', 'config')
  t.match(again, { ok: true, reset: [cli.configPath()], gateway: { authMode: 'token', tailscaleMode: 'off' } })
  t.match(await cli.run(...script, '--reset-scope', 'full'), { code: 2, stderr: /needs --reset/ })
  const remote = ['--mode', 'remote', '--remote-url', 'wss://gw.example.com', '--remote-token', 'remote-token-1']
  t.match(await json(cli, '--profile', 'far', ...script, ...remote), { ok: true, mode: 'remote' })
  t.match(await cli.run(...script, '--remote-url', 'wss://x'), { code: 2, stderr: /need --mode remote/ })
  t.match(await cli.run(...script, '--auth-choice', 'openia-api-key'), {
    code: 2,
    stderr: /Did you mean "openai-api-key"/,
  })
  t.match(await cli.run(...script, '--team', 'x'), { code: 2, stderr: /not available/ })
})

t.test('--install-daemon: the service runs and answers', async (t) => {
  const { json: run, verbs, home, unit } = bench(t)
  const port = String(await freePort())
  const options = ['--auth-choice', 'echo', '--gateway-port', port, '--install-daemon']
  const outcome = await run('--profile', 'ops', ...script, ...options)
  t.match(outcome, {
    ok: true,
    installDaemon: true,
    health: 'ok',
    service: { kind: 'service', name: 'openclaw-gateway-ops.service', port: Number(port) },
  })
  t.ok(verbs().includes('start'))
  t.ok(existsSync(unit('ops')))
  const gone = await run('--profile', 'ops', 'uninstall', '--all', '--yes')
  t.match(gone, {
    ok: true,
    services: [{ what: 'gateway', name: 'openclaw-gateway-ops.service' }],
    scopes: ['service', 'state', 'workspace'],
  })
  t.notOk(existsSync(unit('ops')))
  t.notOk(existsSync(join(home, '.openclaw-ops')), 'the gateway has ended, and nothing of it is left')
})

t.test('--install-daemon without a service manager: refused, and it says that the config is written', async (t) => {
  const { run, home, withoutSession } = bench(t)
  withoutSession()
  const outcome = await run(...script, '--auth-choice', 'echo', '--install-daemon', '--json')
  const { error } = JSON.parse(outcome.stdout)
  t.match(error, { code: 'service_unavailable', configWritten: join(home, '.openclaw', 'openclaw.json') })
  t.ok(existsSync(error.configWritten))
})

t.test('configure: a section is written when it is done; what is not built is said', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('configure', '--section', 'model'), { code: 2, stderr: /needs a terminal/ })
  t.match(await cli.run('configure', '--section', 'web'), { code: 2, stderr: /"web" has nothing to ask/ })
  t.match(await cli.run('configure', '--section', 'modle'), { code: 2, stderr: /no section "modle"/ })
  await cli.run('setup', '--embedded')
  const overview = await json(cli, 'configure')
  t.match(overview, { ok: true, values: { model: 'builtin/echo', gateway: { port: 18_789, auth: { token: true } } } })
  t.notMatch(JSON.stringify(overview), written(cli).gateway.auth.token)
  t.match(await cli.run('config'), { code: 2, stderr: /configure asks questions/ })
})

t.test('a reset whose port is refused afterwards removes nothing', async (t) => {
  const cli = cliFor(t)
  await cli.run('--profile', 'rescue', 'setup', '--port', '21340')
  await cli.run('setup', '--port', '21380', '--embedded')
  const before = readFileSync(cli.configPath(), 'utf8')
  const refused = await cli.run(...script, '--reset', '--reset-scope', 'full', '--port', '21341')
  t.match(refused, { code: 1, stderr: /21341/ })
  t.equal(readFileSync(cli.configPath(), 'utf8'), before)
})
