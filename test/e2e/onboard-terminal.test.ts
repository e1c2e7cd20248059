import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t, { type Test } from 'tap'
import { binFile } from '../cli/harness.js'
import { testFolder } from '../helper/folder.js'
import { hasTmux, openTerminal, type Terminal } from '../helper/terminal.js'
import { startUpstream } from '../helper/upstream.js'

const skip = hasTmux ? false : 'tmux is not installed here'

function terminal(
  t: Test,
  argv: readonly string[],
  env: Record<string, string> = {},
): { home: string; term: Terminal; config: string } {
  const home = testFolder(t)
  const all = { HOME: home, OPENCLAW_HOME: home, PATH: '/usr/bin:/bin', ...env }
  const term = openTerminal(t, [process.execPath, binFile, ...argv], { env: all, cwd: home })
  return { home, term, config: join(home, '.openclaw', 'openclaw.json') }
}

const written = (path: string) => JSON5.parse(readFileSync(path, 'utf8'))

t.test('a user at a real terminal: from nothing to a config', { skip }, async (t) => {
  const upstream = await startUpstream(t, 'Hello from a real request.')
  const { term, config } = terminal(t, ['onboard', '--no-install-daemon'])
  await term.shows('I understand this. Continue?')
  term.keys('y')
  await term.shows('How much do you want to decide?')
  term.keys('Enter')
  await term.shows('Which model answers?')
  term.keys('Down', 'Down', 'Down', 'Down', 'Down', 'Enter')
  await term.shows('Address of the API')
  term.keys('C-u')
  term.type(upstream.baseUrl)
  term.keys('Enter')
  await term.shows('Which API does it speak?')
  term.keys('Enter')
  await term.shows('leave it empty')
  term.type('sk-typed-on-a-terminal')
  t.notMatch(term.screen(), 'sk-typed', 'it is not shown')
  term.keys('Enter')
  await term.shows('Name of this provider')
  term.keys('Enter')
  await term.shows('Which model? (1 found)')
  term.keys('Enter')
  await term.shows(/It answered in \d+ ms: Hello from a real request\./)
  await term.shows('Open the OpenAI-compatible endpoints')
  term.keys('Enter')
  await term.shows('Connect chat channels now?')
  t.notOk(existsSync(config), 'nothing is written before the last question')
  term.keys('Enter')
  const end = await term.shows('[exit 0]')
  t.match(end, /Gateway token \(shown once\): [0-9a-f]{48}/)
  t.match(end, /Next: openclaw gateway/)
  t.equal(statSync(config).mode & 0o777, 0o600)
  t.match(written(config), { gateway: { http: { endpoints: { chatCompletions: { enabled: true } } } } })
  t.equal(upstream.requests.at(-1)?.headers.authorization, 'Bearer sk-typed-on-a-terminal')
})

t.test('Ctrl-C leaves nothing behind, and says so', { skip }, async (t) => {
  const { term, config } = terminal(t, ['onboard'])
  await term.shows('I understand this. Continue?')
  term.keys('y')
  await term.shows('How much do you want to decide?')
  term.keys('C-c')
  t.match(await term.shows('[exit 1]'), /Cancelled\. Nothing more was changed\./)
  t.notOk(existsSync(config))
})

t.test('Ctrl-C while the model is asked', { skip }, async (t) => {
  const upstream = await startUpstream(t, { hangAfter: 0 })
  const options = [
    '--custom-base-url',
    upstream.baseUrl,
    '--custom-model-id',
    'slow',
    '--flow',
    'quickstart',
    '--accept-risk',
  ]
  const { term, config } = terminal(t, ['onboard', ...options])
  await term.shows('one thing')
  term.keys('C-c')
  await term.shows('[exit 1]')
  t.notOk(existsSync(config))
})

t.test('in Chinese, and bare setup asks as well', { skip }, async (t) => {
  const { term, config } = terminal(t, ['setup'], { LANG: 'zh_CN.UTF-8' })
  await term.shows('我已了解。继续？')
  term.keys('y')
  await term.shows('你想决定多少内容？')
  term.keys('Enter')
  await term.shows('由哪个模型应答？')
  term.keys('Enter')
  await term.shows(/毫秒后应答/)
  await term.shows('开放 OpenAI 兼容接口')
  term.keys('n')
  await term.shows('聊天渠道')
  term.keys('Enter')
  await term.shows(/服务|后台/)
  await term.shows('● 是 / ○ 否')
  term.keys('n')
  t.match(await term.shows('[exit 0]'), /网关令牌（只显示一次）/)
  t.match(written(config).agents.defaults.model, 'builtin/echo')
})

t.test('reset on a terminal shows what goes, and a no keeps it', { skip }, async (t) => {
  const { home, config, term: first } = terminal(t, ['setup', '--port', '20500'])
  await first.shows('[exit 0]')
  const env = { HOME: home, OPENCLAW_HOME: home, PATH: '/usr/bin:/bin' }
  const term = openTerminal(t, [process.execPath, binFile, 'reset', '--scope', 'config'], { env, cwd: home })
  await term.shows('Remove all of this?')
  t.match(term.screen(), '[dry-run] remove')
  term.keys('n')
  await term.shows('[exit 1]')
  t.ok(existsSync(config))
})
