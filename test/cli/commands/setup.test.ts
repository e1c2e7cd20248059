import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cliFor } from '../harness.js'

t.test('people read what was made, the token once, and what is next', async (t) => {
  const cli = cliFor(t)
  const first = await cli.run('setup')
  t.match(first, { code: 0, stderr: '' })
  t.match(first.stdout, /The profile is ready\./)
  t.match(first.stdout, /Port +18789 \(default\)/)
  t.match(first.stdout, /Next: openclaw gateway\n/)
  const [, token = ''] = /shown once\): ([0-9a-f]{48})/.exec(first.stdout) ?? []
  t.match(readFileSync(cli.configPath(), 'utf8'), token)
  const again = await cli.run('setup')
  t.match(again, { code: 0, stdout: /was ready already/ })
  t.notMatch(again.stdout, token)
})

t.test('programs read one JSON value', async (t) => {
  const cli = cliFor(t)
  const { stdout, stderr, code } = await cli.run('--profile', 'rescue', 'setup', '--port', '19789', '--json')
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(JSON.parse(stdout), {
    ok: true,
    mode: 'local',
    config: cli.configPath('rescue'),
    port: 19_789,
    portSource: 'flag',
    workspace: join(cli.home, '.openclaw', 'workspace-rescue'),
    token: /^[0-9a-f]{48}$/,
    warnings: [],
  })
  const quiet = await cli.run('--profile', 'ops', 'setup', '--suppress-gateway-token-output', '--json')
  t.notOk('token' in JSON.parse(quiet.stdout))
})

t.test('the command lines of scripts for the official setup work', async (t) => {
  const cli = cliFor(t)
  const line =
    'setup --non-interactive --accept-risk --auth-choice skip --gateway-port 20100 --gateway-bind loopback --gateway-token my-token-0123456789 --skip-health --skip-daemon --skip-ui --json'
  const { code, stdout } = await cli.run(...line.split(' '))
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { ok: true, port: 20_100 })
  t.match(JSON.parse(readFileSync(cli.configPath(), 'utf8')), {
    gateway: { mode: 'local', bind: 'loopback', auth: { mode: 'token', token: 'my-token-0123456789' } },
  })
})

t.test('a workspace is made where the user says, ~ is the home', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--workspace', 'work')
  t.match(readFileSync(join(cli.home, 'work', 'AGENTS.md'), 'utf8'), /How to work here/)
  await cli.run('setup', '--workspace', '~/notes')
  t.match(readFileSync(join(cli.home, 'notes', 'AGENTS.md'), 'utf8'), /How to work here/)
})

t.test('the two profiles of the guides cause no warning', async (t) => {
  const cli = cliFor(t)
  const warningsOf = async (...argv: string[]) => JSON.parse((await cli.run(...argv, '--json')).stdout).warnings
  t.strictSame(await warningsOf('--profile', 'main', 'setup', '--port', '18789'), [])
  t.strictSame(await warningsOf('--profile', 'rescue', 'setup', '--port', '19789'), [])
  // By now ~/.openclaw holds the workspaces of both.
  t.strictSame(await warningsOf('--profile', 'main', 'setup', '--port', '18789'), [])
})

t.test('neighbours: too close is refused with the way out, an overlap is told', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  const refused = await cli.run('--profile', 'rescue', 'setup', '--port', '18790')
  t.match(refused, { code: 1, stdout: '', stderr: /Try: openclaw --profile rescue setup --port 18910\n/ })
  const near = await cli.run('--profile', 'rescue', 'setup', '--port', '18850')
  t.match(near, { code: 0, stdout: /only 61 away from 18789 of profile "default"/ })
})

t.test('wrong usage', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('setup', '--port', '0'), { code: 2, stderr: /from 1 to 65535/ })
  t.match(await cli.run('setup', '--bind', 'everywhere'), { code: 2, stderr: /Use one of: loopback/ })
  t.match(await cli.run('setup', '--remote-url', 'wss://x'), { code: 2, stderr: /need --mode remote/ })
  t.match(await cli.run('setup', '--auth-choice', 'openai'), { code: 2, stderr: /Use one of: skip/ })
})

t.test('in Chinese', async (t) => {
  const { stdout } = await cliFor(t, { env: { LC_ALL: 'zh_CN.UTF-8' } }).run('setup')
  t.match(stdout, /档案已就绪。[\s\S]*网关令牌（只显示一次）[\s\S]*下一步：openclaw gateway/)
})
