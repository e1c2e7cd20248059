import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cliFor } from '../harness.js'

type Plant = (world: World) => void
interface World {
  readonly home: string
  /** Lays more over the config of a profile. */
  readonly write: (profile: 'default' | 'rescue', more: object) => void
  readonly state: (profile: 'default' | 'rescue') => string
}

const token = '123456:AAAA-a-bot-token'
const base = (port: number, own: string) => ({
  gateway: { mode: 'local', port, auth: { mode: 'token', token: `token-of-${own}-0123456789` } },
  agents: { defaults: { model: 'builtin/echo' } },
})

/** Two gateways as setup makes them: apart in everything. */
function world(t: Test) {
  const cli = cliFor(t)
  const state = (profile: string) => join(cli.home, profile === 'default' ? '.openclaw' : `.openclaw-${profile}`)
  const configs = { default: base(18789, 'main'), rescue: base(19789, 'rescue') }
  const write: World['write'] = (profile, more) => {
    mkdirSync(state(profile), { recursive: true, mode: 0o700 })
    rmSync(join(state(profile), 'openclaw.json'), { force: true })
    const config = JSON.stringify({ ...configs[profile], ...more })
    writeFileSync(join(state(profile), 'openclaw.json'), config, { mode: 0o600 })
  }
  write('default', {})
  write('rescue', {})
  return { cli, world: { home: cli.home, write, state } }
}

const agents = (workspace: string) => ({ agents: { defaults: { model: 'builtin/echo', workspace } } })

/** What is planted, the kind under which it must be found, and a word of the fix. */
const violations: readonly [name: string, kind: string, fix: string, plant: Plant][] = [
  ['the same port', 'port', 'gateway.port', ({ write }) => write('rescue', base(18789, 'rescue'))],
  ['a port on the other’s control port', 'port', 'gateway.port', ({ write }) => write('rescue', base(18791, 'rescue'))],
  [
    'one config file under two names',
    'config',
    'OPENCLAW_CONFIG_PATH',
    ({ state }) => {
      rmSync(join(state('rescue'), 'openclaw.json'))
      linkSync(join(state('default'), 'openclaw.json'), join(state('rescue'), 'openclaw.json'))
    },
  ],
  [
    'one workspace',
    'workspace',
    'agents.defaults.workspace',
    ({ write, home }) => {
      write('default', agents(join(home, 'work')))
      write('rescue', agents(join(home, 'work')))
    },
  ],
  [
    'a workspace inside the other',
    'workspace',
    'agents.defaults.workspace',
    ({ write, home }) => {
      write('default', agents(join(home, 'work')))
      write('rescue', agents(join(home, 'work/inner')))
    },
  ],
  [
    'a workspace through a link',
    'workspace',
    'agents.defaults.workspace',
    ({ write, home }) => {
      mkdirSync(join(home, 'work'))
      symlinkSync(join(home, 'work'), join(home, 'link'))
      write('default', agents(join(home, 'work')))
      write('rescue', agents(join(home, 'link')))
    },
  ],
  [
    'an agent of one in the workspace of the other',
    'workspace',
    'agents.entries.b.workspace',
    ({ write, home }) => {
      write('default', agents(join(home, 'work')))
      write('rescue', { agents: { entries: { a: { default: true }, b: { workspace: join(home, 'work') } } } })
    },
  ],
  [
    'one bot token',
    'channel-secret',
    'channels.telegram.botToken',
    ({ write }) => {
      write('default', { channels: { telegram: { botToken: token } } })
      write('rescue', { channels: { telegram: { botToken: token } } })
    },
  ],
  [
    'one bot token, once by variable',
    'channel-secret',
    'channels.telegram.botToken',
    ({ write, state }) => {
      write('default', { channels: { telegram: { botToken: token } } })
      write('rescue', { channels: { telegram: { botToken: { source: 'env', provider: 'default', id: 'MY_BOT' } } } })
      writeFileSync(join(state('rescue'), '.env'), `MY_BOT=${token}\n`)
    },
  ],
  [
    'a token of the environment in both',
    'channel-secret',
    'TELEGRAM_BOT_TOKEN',
    ({ write, state }) => {
      for (const profile of ['default', 'rescue'] as const) {
        write(profile, { channels: { telegram: { enabled: true } } })
        writeFileSync(join(state(profile), '.env'), `TELEGRAM_BOT_TOKEN=${token}\n`)
      }
    },
  ],
  [
    'one Slack app',
    'channel-secret',
    'channels.slack.appToken',
    ({ write }) => {
      write('default', { channels: { slack: { appToken: 'xapp-1-one-app', botToken: 'xoxb-first-bot' } } })
      write('rescue', { channels: { slack: { appToken: 'xapp-1-one-app', botToken: 'xoxb-second-bot' } } })
    },
  ],
  ['one gateway token', 'gateway-secret', 'gateway.auth.token', ({ write }) => write('rescue', base(19789, 'main'))],
  [
    'one WhatsApp login',
    'whatsapp-login',
    'channels.whatsapp.authDir',
    ({ write, home }) => {
      write('default', { channels: { whatsapp: { authDir: join(home, 'login') } } })
      write('rescue', { channels: { whatsapp: { authDir: join(home, 'login') } } })
    },
  ],
  [
    'one browser',
    'cdp',
    'browser.cdpUrl',
    ({ write }) => {
      write('default', { browser: { cdpUrl: 'http://127.0.0.1:9222' } })
      write('rescue', { browser: { cdpUrl: 'http://127.0.0.1:9222' } })
    },
  ],
  [
    'one log file',
    'log',
    'logging.file',
    ({ write, home }) => {
      write('default', { logging: { file: join(home, 'gateway.log') } })
      write('rescue', { logging: { file: join(home, 'gateway.log') } })
    },
  ],
  [
    'one webhook port',
    'webhook-port',
    'channels.telegram.webhookPort',
    ({ write }) => {
      const webhook = { webhookUrl: 'https://bot.example/hook', webhookSecret: 'a-webhook-secret', webhookPort: 8787 }
      write('default', { channels: { telegram: { ...webhook, botToken: '1:one-bot-token' } } })
      write('rescue', {
        channels: { telegram: { ...webhook, webhookSecret: 'another-secret', botToken: '2:another-token' } },
      })
    },
  ],
]

for (const [name, kind, fix, plant] of violations) {
  t.test(`found: ${name}`, async (t) => {
    const { cli, world: planted } = world(t)
    plant(planted)
    const { code, stdout, stderr } = await cli.run('isolation', 'check', 'main', 'rescue', '--json')
    t.equal(code, 1, stderr)
    const { ok, findings } = JSON.parse(stdout)
    t.equal(ok, false)
    const found = findings.filter((finding: { severity: string }) => finding.severity === 'violation')
    t.match(
      found.find((finding: { kind: string }) => finding.kind === kind || finding.kind === 'control-port'),
      { profiles: ['default', 'rescue'] },
    )
    t.match(JSON.stringify(found), fix)
    t.notMatch(stdout, token, 'no secret is shown')
  })
}

t.test('two gateways as setup makes them are apart; close ports are a warning', async (t) => {
  const { cli, world: apart } = world(t)
  const report = await cli.run('isolation', 'check', '--json')
  t.equal(report.code, 0, report.stderr)
  t.match(JSON.parse(report.stdout), {
    ok: true,
    findings: [],
    profiles: [{ profile: 'default' }, { profile: 'rescue' }],
  })
  apart.write('rescue', base(18829, 'rescue'))
  const close = await cli.run('isolation', 'check')
  t.match(close, { code: 0, stdout: /! Browser debugging: default, rescue may meet at/ })
  t.match(await cli.run('isolation', 'check', 'ghost'), { code: 1, stderr: /no profile "ghost"/ })
  t.match((await cli.run('isolation', 'check', 'rescue')).stdout, /only one profile/)
})
