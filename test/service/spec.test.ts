import t from 'tap'
import { resolveInstance } from '../../src/instance/resolve.js'
import { drainMs, farewellMs, stopLimitMs } from '../../src/kernel/stop-times.js'
import { renderPlist } from '../../src/service/launchd/plist.js'
import { ownerIn, ownerOf } from '../../src/service/owner.js'
import { renderEnvFile, renderTask } from '../../src/service/schtasks/task-xml.js'
import { serviceSpec } from '../../src/service/spec.js'
import { renderUnit } from '../../src/service/systemd/unit.js'
import { instanceOf, specOf } from './specs.js'

const secrets = {
  OPENCLAW_GATEWAY_TOKEN: 'secret-token-1',
  OPENCLAW_GATEWAY_PASSWORD: 'secret-password-2',
  OPENAI_API_KEY: 'secret-key-3',
  OPENCLAW_GATEWAY_URL: 'wss://user:secret-4@example.com',
}

t.test('pain-5: the command carries the profile, also the default one, and says who started it', async (t) => {
  const plain = await specOf({ kind: 'systemd' })
  const run = ['gateway', 'run', '--supervised', 'systemd']
  t.same(plain.args, ['/opt/openclaw/dist/src/bin.js', '--profile', 'default', ...run])
  const rescue = await specOf({ kind: 'launchd', profile: 'rescue', allowUnconfigured: true })
  t.same(rescue.args.slice(1), [
    '--profile',
    'rescue',
    'gateway',
    'run',
    '--supervised',
    'launchd',
    '--allow-unconfigured',
  ])
  t.equal(rescue.env.OPENCLAW_CONFIG_PATH, '/home/u/.openclaw-rescue/openclaw.json')
})

t.test('pain-19: no definition holds a secret, whatever the shell has set', async (t) => {
  for (const kind of ['systemd', 'launchd', 'schtasks'] as const) {
    const spec = await specOf({ kind, profile: 'ops', env: secrets })
    const all = renderUnit(spec) + renderPlist(spec) + renderTask(spec) + renderEnvFile(spec.env)
    t.notMatch(all, /secret-/)
    t.notMatch(all, /TOKEN|PASSWORD|API_KEY|GATEWAY_URL/)
  }
})

const places: [string, string | undefined, Record<string, string>][] = [
  ['nothing set', undefined, {}],
  ['a profile', 'rescue', {}],
  ['a state directory', 'ops', { OPENCLAW_STATE_DIR: '/data/ops' }],
  ['a config file', undefined, { OPENCLAW_CONFIG_PATH: '/etc/gw.json' }],
  ['another home', 'ops', { OPENCLAW_HOME: '/srv/home' }],
  ['HOME that is not that of the account', 'ops', { HOME: '/srv/other' }],
  ['a workspace', undefined, { OPENCLAW_WORKSPACE_DIR: '~/work' }],
  ['service names', 'ops', { OPENCLAW_SYSTEMD_UNIT: 'gw-ops', OPENCLAW_LAUNCHD_LABEL: 'org.me.gw' }],
]
for (const [name, profile, env] of places) {
  t.test(`what the service gets leads to the same instance again: ${name}`, async (t) => {
    const given = await instanceOf(profile, { ...env, OPENCLAW_GATEWAY_TOKEN: 'x' })
    const host = { platform: 'linux', osHome: '/home/u', tmpDir: '/tmp', uid: 1000, inContainer: false } as const
    const launcher = { node: '/usr/bin/node', entry: '/bin.js', warnings: [] }
    const spec = serviceSpec({ instance: given, host, launcher, kind: 'systemd' })
    const flags = { profile: spec.args[2] ?? '' }
    // systemd sets HOME to that of the account, and then what the unit says.
    const again = await resolveInstance({
      flags,
      env: { HOME: '/home/u', ...spec.env },
      cwd: spec.workingDirectory,
      host,
    })
    t.same(again.paths, given.paths)
    t.same(again.service, given.service)
    t.equal(again.profile, given.profile)
    t.same(again.notices, [])
  })
}

t.test(
  'issue: `gateway stop` cut turns off before their time; every stop is longer than the gateway needs',
  async (t) => {
    t.ok(stopLimitMs > drainMs + farewellMs)
    const { stopSeconds } = await specOf({ kind: 'systemd' })
    t.ok(stopSeconds * 1000 > stopLimitMs)
    t.match(renderUnit(await specOf({ kind: 'systemd' })), `TimeoutStopSec=${stopSeconds}\n`)
  },
)

t.test('the search path is short, the same tomorrow, and has the folder of Node first', async (t) => {
  const env = { PATH: '/home/u/.nvm/versions/node/v20/bin:/weird' }
  const spec = await specOf({ kind: 'systemd', env, node: '/opt/node/bin/node' })
  t.equal(spec.env.PATH, '/opt/node/bin:/home/u/.local/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin')
  t.match((await specOf({ kind: 'launchd' })).env.PATH, ':/opt/homebrew/bin:')
  t.equal((await specOf({ kind: 'schtasks' })).env.PATH, undefined)
})

t.test('a path with a control character is refused', async (t) => {
  for (const path of ['/srv/a\nb', '/srv/a\rb', '/srv/\u0000', '/srv/\u001b[31m', '/srv/a\u2028b']) {
    const refused = specOf({ kind: 'systemd', env: { OPENCLAW_STATE_DIR: path } })
    await t.rejects(refused, { code: 'service_failed', message: /cannot hold/ }, encodeURI(path))
  }
})

t.test('a working directory that a unit would cut is refused for systemd only', async (t) => {
  const env = { OPENCLAW_STATE_DIR: '/srv/ends with\\' }
  await t.rejects(specOf({ kind: 'systemd', env }), { code: 'service_failed' })
  await t.resolves(specOf({ kind: 'launchd', env }))
})

t.test('the owner tells profiles and config files apart', async (t) => {
  const owners = new Set([ownerOf('a', '/x'), ownerOf('b', '/x'), ownerOf('a', '/y'), ownerOf('a\0/x', '')])
  t.equal(owners.size, 4)
  t.equal(ownerIn(`# ${ownerOf('a', '/x')}\nmore`), ownerOf('a', '/x'))
  t.equal(ownerIn('[Unit]'), undefined)
})
