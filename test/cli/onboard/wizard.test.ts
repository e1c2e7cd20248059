import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t, { type Test } from 'tap'
import { getAt } from '../../../src/config/tree.js'
import { testFolder } from '../../helper/folder.js'
import { startUpstream } from '../../helper/upstream.js'
import { freePort, startGateway, startOther } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'
import { enter, leave, type Reply, ScriptedUser } from './user.js'

const quick: readonly Reply[] = [
  [/I understand/, true],
  [/How much/, enter],
]
const end: readonly Reply[] = [
  [/OpenAI-compatible endpoints/, true],
  [/chat channels/, enter],
]
const noStart: readonly Reply[] = [[/background|service/, false]]

interface Session {
  readonly cli: Cli
  readonly user: ScriptedUser
  readonly config: () => unknown
}

/** `onboard` with somebody in front of it. */
async function onboard(
  t: Test,
  replies: readonly Reply[],
  {
    home = testFolder(t),
    argv = ['onboard'],
    env = {},
    code = 0,
  }: { home?: string; argv?: string[]; env?: Record<string, string>; code?: number } = {},
): Promise<Session> {
  const user = new ScriptedUser(replies)
  const cli = cliFor(t, { home, env, prompter: user, tty: true })
  const ran = await cli.run(...argv)
  t.equal(ran.code, code, ran.stderr)
  t.strictSame(user.left, [], 'every question was asked')
  return { cli, user, config: () => JSON5.parse(readFileSync(cli.configPath(), 'utf8')) }
}

t.test('quick start: a new profile with the embedded model, tried by a real turn', async (t) => {
  const { user, config, cli } = await onboard(t, [...quick, [/Which model/, 'builtin'], ...end, ...noStart])
  t.match(user.words, /done: It answered in \d+ ms: You said: Say hello/)
  t.match(config(), {
    gateway: {
      mode: 'local',
      port: 18_789,
      auth: { token: /^[0-9a-f]{48}$/ },
      http: { endpoints: { chatCompletions: { enabled: true } } },
    },
    agents: { defaults: { model: 'builtin/echo' } },
  })
  t.ok(existsSync(join(cli.home, '.openclaw', 'workspace', 'AGENTS.md')))
})

t.test('Ctrl-C at any question leaves everything as it was', async (t) => {
  const all = [...quick, [/Which model/, 'builtin'] as const, ...end]
  for (let at = 0; at < all.length; at++) {
    const replies = all
      .slice(0, at + 1)
      .map(([question, answer], index) => [question, index === at ? leave : answer] as const)
    const { cli } = await onboard(t, replies, { code: 1 })
    t.notOk(existsSync(cli.configPath()), `after question ${at + 1}`)
  }
  const home = testFolder(t)
  const cli = cliFor(t, { home })
  await cli.run('setup', '--port', '20500')
  const before = readFileSync(cli.configPath(), 'utf8')
  await onboard(
    t,
    [
      [/I understand/, true],
      [/config already/, 'reset'],
      [/What is to go/, 'full'],
      [/How much/, enter],
      [/Which model/, leave],
    ],
    { home, code: 1 },
  )
  t.equal(readFileSync(cli.configPath(), 'utf8'), before, 'also where it was to be reset')
})

t.test('a second run shows what is configured, and Enter everywhere changes nothing', async (t) => {
  const home = testFolder(t)
  const first = await onboard(t, [...quick, [/Which model/, 'builtin'], ...end, ...noStart], { home })
  const before = readFileSync(first.cli.configPath(), 'utf8')
  const manual: Reply[] = [
    [/I understand/, true],
    [/config already/, enter],
    [/How much/, 'manual'],
    [/Where does the gateway/, enter],
    [/Folder in which/, enter],
    [/Which model/, enter],
    [/Base port/, enter],
    [/Where does it listen/, enter],
    [/prove themselves/, enter],
    [/Tailscale/, enter],
    [/OpenAI-compatible/, enter],
    [/chat channels/, enter],
    ...noStart,
  ]
  await onboard(t, manual, { home })
  t.equal(readFileSync(first.cli.configPath(), 'utf8'), before)
  await onboard(t, [[/I understand/, true], [/config already/, 'keep'], ...noStart], { home })
})

t.test('any OpenAI-compatible address: its models are listed, the test is a real request', async (t) => {
  const upstream = await startUpstream(t, 'Hello from the test server.')
  const { user, config } = await onboard(t, [
    ...quick,
    [/Which model/, 'custom'],
    [/Address of the API/, 'ftp://nowhere'],
    [/Address of the API/, upstream.baseUrl],
    [/Which API/, enter],
    [/Key; leave it empty/, 'sk-secret-of-the-test'],
    [/Name of this provider/, 'mine'],
    [/Which model\?/, enter],
    ...end,
    ...noStart,
  ])
  t.match(user.words, /refused: Give an http/)
  t.match(user.words, /It answered in \d+ ms: Hello from the test server\./)
  const [listing, turn] = upstream.requests
  t.match(listing, { method: 'GET', path: '/v1/models' })
  t.match(turn, { path: '/v1/chat/completions', headers: { authorization: 'Bearer sk-secret-of-the-test' } })
  t.match(config(), {
    models: {
      providers: { mine: { baseUrl: upstream.baseUrl, api: 'openai-completions', apiKey: 'sk-secret-of-the-test' } },
    },
  })
  t.match(getAt(config(), ['agents', 'defaults', 'model']), /^mine\//)
  t.notMatch(user.words, 'sk-secret-of-the-test')
})

t.test('a failing test turn is told with its reason: again, another, or take it', async (t) => {
  const upstream = await startUpstream(t, {
    status: 401,
    body: { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
  })
  const address: Reply[] = [
    [/Address of the API/, upstream.baseUrl],
    [/Which API/, enter],
    [/Key; leave/, 'wrong'],
    [/Name of this provider/, 'mine'],
    [/Name of the model/, 'mini'],
  ]
  const { user, config } = await onboard(t, [
    ...quick,
    [/Which model/, 'custom'],
    ...address,
    [/What now/, 'again'],
    [/What now/, 'change'],
    [/Which model/, 'custom'],
    ...address,
    [/What now/, 'take'],
    ...end,
    ...noStart,
  ])
  t.match(user.words, /problem: It did not answer\. .*401.*Incorrect API key/)
  t.match(getAt(config(), ['models', 'providers', 'mine', 'apiKey']), 'wrong')
})

t.test('a key can stay in the environment: the config holds the name, nothing the value', async (t) => {
  const upstream = await startUpstream(t, 'Hello.')
  const home = testFolder(t)
  const before = cliFor(t, { home })
  before.writeConfig({ models: { providers: { openai: { baseUrl: upstream.baseUrl } } } })
  const { cli, config } = await onboard(
    t,
    [
      [/I understand/, true],
      [/config already/, enter],
      [/How much/, enter],
      [/Which model/, 'openai'],
      [/Where is the key/, enter],
      [/Which model\?/, enter],
      ...end,
      ...noStart,
    ],
    { home, env: { OPENAI_API_KEY: 'sk-of-the-shell' } },
  )
  t.equal(upstream.requests.at(-1)?.headers.authorization, 'Bearer sk-of-the-shell')
  const key = getAt(config(), ['models', 'providers', 'openai', 'apiKey'])
  t.strictSame(key, { source: 'env', provider: 'default', id: 'OPENAI_API_KEY' })
  t.notMatch(readFileSync(cli.configPath(), 'utf8'), 'sk-of-the-shell')
})

t.test('a port near another profile is not taken: refused, the free one offered, an overlap told', async (t) => {
  const home = testFolder(t)
  await cliFor(t, { home }).run('setup', '--port', '18789')
  const argv = ['--profile', 'rescue', 'onboard', '--flow', 'manual', '--auth-choice', 'skip']
  const { user, cli } = await onboard(
    t,
    [
      [/I understand/, true],
      [/Where does the gateway/, enter],
      [/Folder/, enter],
      [/Base port/, '18790'],
      [/Base port/, '18850'],
      [/listen/, enter],
      [/prove themselves/, enter],
      [/Tailscale/, enter],
      ...end,
      ...noStart,
    ],
    { home, argv },
  )
  t.match(user.words, /refused: Only 1 away from 18789 of profile "default".*18910 is free/)
  t.match(user.words, /warning: The port is only 61 away/)
  t.match(JSON5.parse(readFileSync(cli.configPath('rescue'), 'utf8')).gateway.port, 18_850)
})

t.test('a token of the shell is never taken over silently', async (t) => {
  const env = { OPENCLAW_GATEWAY_TOKEN: 'token-of-another-gateway' }
  const manual = (answer: string): Reply[] => [
    [/I understand/, true],
    [/Where does the gateway/, enter],
    [/Folder/, enter],
    [/Base port/, enter],
    [/listen/, enter],
    [/Which token/, answer],
    [/Tailscale/, enter],
    ...end,
    ...noStart,
  ]
  const argv = ['onboard', '--flow', 'manual', '--auth-choice', 'skip']
  const own = await onboard(t, manual('own'), { env, argv })
  t.match(own.user.words, /warning: OPENCLAW_GATEWAY_TOKEN is set in this shell/)
  t.match(getAt(own.config(), ['gateway', 'auth', 'token']), /^[0-9a-f]{48}$/)
  const named = await onboard(t, manual('reference'), { env, argv })
  t.strictSame(getAt(named.config(), ['gateway', 'auth', 'token']), {
    source: 'env',
    provider: 'default',
    id: 'OPENCLAW_GATEWAY_TOKEN',
  })
})

t.test('Funnel is public: it asks for a password', async (t) => {
  const { config, user } = await onboard(
    t,
    [
      [/I understand/, true],
      [/Where does the gateway/, enter],
      [/Folder/, enter],
      [/Base port/, enter],
      [/listen/, enter],
      [/prove/, enter],
      [/Tailscale/, 'funnel'],
      [/^Password/, 'short'],
      [/^Password/, 'long-enough-password'],
      ...end,
      ...noStart,
    ],
    { argv: ['onboard', '--flow', 'manual', '--auth-choice', 'skip'] },
  )
  t.match(getAt(config(), ['gateway']), {
    tailscale: { mode: 'funnel' },
    auth: { mode: 'password', password: 'long-enough-password' },
  })
  t.match(user.words, /refused: At least 8/)
})

t.test('channel tokens are tried, and written as the config spells them', async (t) => {
  const token = '123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ'
  const asked: string[] = []
  const port = await startOther(t, (request, response) => {
    asked.push(request.url ?? '')
    const known = request.url === `/bot${token}/getMe`
    response.statusCode = known ? 200 : 401
    response.end(JSON.stringify(known ? { ok: true, result: { username: 'my_bot' } } : { ok: false, error_code: 401 }))
  })
  const home = testFolder(t)
  const before = cliFor(t, { home })
  before.writeConfig({ channels: { telegram: { apiRoot: `http://127.0.0.1:${port}` } } })
  const { config, user } = await onboard(
    t,
    [
      [/I understand/, true],
      [/config already/, enter],
      [/How much/, enter],
      [/OpenAI-compatible/, false],
      [/chat channels/, true],
      [/Which ones/, ['telegram', 'slack']],
      [/Telegram botToken/, 'plaintext'],
      [/Telegram botToken/, 'my bot'],
      [/Telegram botToken/, token.replace('AAbb', 'xxxx')],
      [/another token/, true],
      [/Telegram botToken/, 'plaintext'],
      [/Telegram botToken/, token],
      [/Slack botToken/, 'ref'],
      [/Name of the variable/, enter],
      [/Slack appToken/, 'ref'],
      [/Name of the variable/, 'MY_SLACK_APP'],
      ...noStart,
    ],
    { home, argv: ['onboard', '--auth-choice', 'skip'] },
  )
  t.equal(asked.length, 2)
  t.match(user.words, /problem: Telegram does not know this token[\s\S]*done: It is that of @my_bot/)
  t.match(getAt(config(), ['channels']), {
    telegram: { enabled: true, botToken: token },
    slack: {
      enabled: true,
      botToken: { source: 'env', id: 'SLACK_BOT_TOKEN' },
      appToken: { source: 'env', id: 'MY_SLACK_APP' },
    },
  })
  t.equal(getAt(config(), ['gateway', 'http']), undefined)
})

t.test('a remote gateway: address and secret, nothing for a gateway here', async (t) => {
  const { config } = await onboard(
    t,
    [
      [/I understand/, true],
      [/Where does the gateway/, 'remote'],
      [/Address of that/, 'http://x'],
      [/Address of that/, 'wss://gw.example.com'],
      [/prove itself/, 'token'],
      [/Type it/, 'remote-token-123'],
    ],
    { argv: ['onboard', '--flow', 'manual'] },
  )
  t.strictSame(getAt(config(), ['gateway']), {
    mode: 'remote',
    remote: { url: 'wss://gw.example.com', token: 'remote-token-123' },
  })
})

t.test('reset inside of onboarding: the old config goes only with the new one', async (t) => {
  const home = testFolder(t)
  const cli = cliFor(t, { home })
  await cli.run('setup', '--port', '20500', '--embedded')
  const { config } = await onboard(
    t,
    [
      [/I understand/, true],
      [/config already/, 'reset'],
      [/What is to go/, 'config'],
      [/How much/, enter],
      [/Which model/, 'skip'],
      [/OpenAI-compatible/, false],
      [/chat channels/, enter],
      ...noStart,
    ],
    { home },
  )
  t.equal(getAt(config(), ['gateway', 'port']), 18_789)
  t.equal(getAt(config(), ['agents', 'defaults', 'model']), undefined)
  t.match(readFileSync(`${cli.configPath()}.bak`, 'utf8'), '20500')
})

t.test('a reset while the gateway runs is refused before the other questions', async (t) => {
  const home = testFolder(t)
  await cliFor(t, { home }).run('setup')
  await startGateway(t, home)
  const replies: Reply[] = [
    [/I understand/, true],
    [/config already/, 'reset'],
  ]
  await onboard(t, replies, { home, code: 78 })
})

t.test('bare setup asks on a terminal where nothing is there, and only there', async (t) => {
  const { cli } = await onboard(t, [...quick, [/Which model/, 'skip'], ...end, ...noStart], { argv: ['setup'] })
  t.match((await cli.run('setup')).stdout, /was ready already/)
  const port = String(await freePort())
  t.match(
    await cliFor(t, { prompter: new ScriptedUser([]) }).run('setup', '--port', port),
    { code: 0 },
    'with options it asks nothing',
  )
})

t.test('in Chinese', async (t) => {
  const user = new ScriptedUser([
    [/我已了解/, true],
    [/决定多少/, enter],
    [/哪个模型/, 'builtin'],
    [/OpenAI 兼容/, false],
    [/聊天渠道/, enter],
    [/后台|服务/, false],
  ])
  const cli = cliFor(t, { prompter: user, env: { LANG: 'zh_CN.UTF-8' } })
  const { stdout, code } = await cli.run('onboard')
  t.equal(code, 0)
  t.match(user.words, /毫秒后应答/)
  t.match(stdout, /网关令牌（只显示一次）：[0-9a-f]{48}[\s\S]*下一步：openclaw gateway/)
})
