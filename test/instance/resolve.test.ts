import t from 'tap'
import type { RootFlags } from '../../src/instance/root-flags.js'
import type { Env } from '../../src/instance/types.js'
import { resolveBare, summary } from './helper.js'

type Expected = Partial<ReturnType<typeof summary>>
const h = '/nowhere/h'
const plain: Expected = {
  profile: 'default',
  home: h,
  state: `${h}/.openclaw`,
  config: `${h}/.openclaw/openclaw.json`,
  workspace: `${h}/.openclaw/workspace`,
  port: 18789,
  source: 'default',
  notices: 0,
}
const named = (name: string, port: number, more: Expected = {}): Expected => ({
  profile: name,
  home: h,
  state: `${h}/.openclaw-${name}`,
  config: `${h}/.openclaw-${name}/openclaw.json`,
  workspace: `${h}/.openclaw/workspace-${name}`,
  port,
  source: 'derived',
  notices: 0,
  ...more,
})
const dev = { source: 'default' as const }

const cases: readonly (readonly [string, RootFlags, Env, Expected])[] = [
  // Profiles (spec/cli.md 0.1 to 0.3)
  ['nothing given', {}, {}, plain],
  ['--profile rescue', { profile: 'rescue' }, {}, named('rescue', 23532)],
  ['--profile ops', { profile: 'ops' }, {}, named('ops', 55291)],
  ['--profile main', { profile: 'main' }, {}, named('main', 23592)],
  ['--profile work', { profile: 'work' }, {}, named('work', 41984)],
  ['--profile bb', { profile: 'bb' }, {}, named('bb', 46565)],
  ['case is kept', { profile: 'Rescue' }, {}, named('Rescue', 57804)],
  ['--profile default', { profile: 'default' }, {}, plain],
  ['--profile DEFAULT', { profile: 'DEFAULT' }, {}, plain],
  ['--dev', { dev: true }, {}, named('dev', 19001, dev)],
  ['--profile dev', { profile: 'dev' }, {}, named('dev', 19001, dev)],
  ['--dev with --profile dev', { dev: true, profile: 'dev' }, {}, named('dev', 19001, dev)],
  ['OPENCLAW_PROFILE is like the flag', {}, { OPENCLAW_PROFILE: 'rescue' }, named('rescue', 23532)],
  ['OPENCLAW_PROFILE dev', {}, { OPENCLAW_PROFILE: 'dev' }, named('dev', 19001, dev)],
  ['OPENCLAW_PROFILE Default', {}, { OPENCLAW_PROFILE: 'Default' }, plain],
  ['OPENCLAW_PROFILE with spaces around', {}, { OPENCLAW_PROFILE: ' rescue ' }, named('rescue', 23532)],
  ['one letter', { profile: 'x' }, {}, { profile: 'x', state: `${h}/.openclaw-x` }],
  ['64 characters', { profile: 'a'.repeat(64) }, {}, { profile: 'a'.repeat(64) }],
  ['digits first, then _ and -', { profile: '9_a-b' }, {}, { profile: '9_a-b' }],
  // Blank, "undefined" and "null" are unset
  ['blank profile', {}, { OPENCLAW_PROFILE: '' }, plain],
  ['profile of spaces', {}, { OPENCLAW_PROFILE: '  ' }, plain],
  ['profile "undefined"', {}, { OPENCLAW_PROFILE: 'undefined' }, plain],
  ['profile "null"', {}, { OPENCLAW_PROFILE: 'null' }, plain],
  ['blank state', {}, { OPENCLAW_STATE_DIR: ' ' }, plain],
  ['state "undefined"', {}, { OPENCLAW_STATE_DIR: 'undefined' }, plain],
  ['config "null"', {}, { OPENCLAW_CONFIG_PATH: 'null' }, plain],
  ['blank home', {}, { OPENCLAW_HOME: '' }, plain],
  ['blank port', {}, { OPENCLAW_GATEWAY_PORT: '' }, plain],
  // Home
  [
    'OPENCLAW_HOME',
    {},
    { OPENCLAW_HOME: '/x' },
    { home: '/x', state: '/x/.openclaw', workspace: '/x/.openclaw/workspace' },
  ],
  ['OPENCLAW_HOME expands ~', {}, { OPENCLAW_HOME: '~/x' }, { home: `${h}/x`, state: `${h}/x/.openclaw` }],
  ['OPENCLAW_HOME ~ alone', {}, { OPENCLAW_HOME: '~' }, { home: h }],
  ['OPENCLAW_HOME relative to cwd', {}, { OPENCLAW_HOME: 'x' }, { home: '/nowhere/w/x' }],
  ['OPENCLAW_HOME and a profile', { profile: 'ops' }, { OPENCLAW_HOME: '/x' }, { state: '/x/.openclaw-ops' }],
  ['HOME over USERPROFILE', {}, { USERPROFILE: '/u' }, plain],
  ['USERPROFILE without HOME', {}, { HOME: undefined, USERPROFILE: '/u' }, { home: '/u', state: '/u/.openclaw' }],
  ['HOME "undefined"', {}, { HOME: 'undefined', USERPROFILE: '/u' }, { home: '/u' }],
  ['blank HOME, system home', {}, { HOME: '' }, { home: '/nowhere/os-home' }],
  // State and config
  [
    'custom state',
    {},
    { OPENCLAW_STATE_DIR: '/s' },
    { profile: 'default', state: '/s', config: '/s/openclaw.json', workspace: '/s/workspace' },
  ],
  ['state expands ~', {}, { OPENCLAW_STATE_DIR: '~/s' }, { state: `${h}/s`, config: `${h}/s/openclaw.json` }],
  ['state ~ of OPENCLAW_HOME', {}, { OPENCLAW_HOME: '/x', OPENCLAW_STATE_DIR: '~/s' }, { state: '/x/s' }],
  ['state relative to cwd', {}, { OPENCLAW_STATE_DIR: './s' }, { state: '/nowhere/w/s' }],
  ['state with .. and slash', {}, { OPENCLAW_STATE_DIR: '/a/../s/' }, { state: '/s' }],
  ['~user is not expanded', {}, { OPENCLAW_STATE_DIR: '~bob' }, { state: '/nowhere/w/~bob' }],
  ['custom config', {}, { OPENCLAW_CONFIG_PATH: '/c/a.json' }, { ...plain, config: '/c/a.json' }],
  ['config expands ~', {}, { OPENCLAW_CONFIG_PATH: '~/a.json' }, { ...plain, config: `${h}/a.json` }],
  [
    'config wins over state',
    {},
    { OPENCLAW_STATE_DIR: '/s', OPENCLAW_CONFIG_PATH: '/c.json' },
    { state: '/s', config: '/c.json' },
  ],
  [
    'seed 000 section nine, main',
    { port: 18789 },
    { OPENCLAW_CONFIG_PATH: '~/.openclaw/main.json', OPENCLAW_STATE_DIR: '~/.openclaw' },
    { ...plain, config: `${h}/.openclaw/main.json`, source: 'flag' },
  ],
  [
    'seed 000 section nine, rescue: the canonical directory names the profile',
    { port: 19789 },
    { OPENCLAW_CONFIG_PATH: '~/.openclaw/rescue.json', OPENCLAW_STATE_DIR: '~/.openclaw-rescue' },
    named('rescue', 19789, { config: `${h}/.openclaw/rescue.json`, source: 'flag' }),
  ],
  ['canonical state of rescue', {}, { OPENCLAW_STATE_DIR: `${h}/.openclaw-rescue/` }, named('rescue', 23532)],
  [
    '.openclaw-default is custom',
    {},
    { OPENCLAW_STATE_DIR: '~/.openclaw-default' },
    { profile: 'default', workspace: `${h}/.openclaw-default/workspace` },
  ],
  [
    '.openclaw-with space is custom',
    {},
    { OPENCLAW_STATE_DIR: '~/.openclaw-a b' },
    { profile: 'default', state: `${h}/.openclaw-a b` },
  ],
  [
    '.openclaw-x elsewhere is custom',
    {},
    { OPENCLAW_STATE_DIR: '/e/.openclaw-x' },
    { profile: 'default', state: '/e/.openclaw-x' },
  ],
  [
    'config of rescue alone keeps the state',
    {},
    { OPENCLAW_CONFIG_PATH: '~/.openclaw-rescue/openclaw.json' },
    { ...plain, config: `${h}/.openclaw-rescue/openclaw.json` },
  ],
  ['workspace', {}, { OPENCLAW_WORKSPACE_DIR: '/ws' }, { ...plain, workspace: '/ws' }],
  // Variables of another profile (spec/README.md 5, PAINS 3)
  [
    'custom state stays with --profile',
    { profile: 'p1' },
    { OPENCLAW_STATE_DIR: '/s' },
    { profile: 'p1', state: '/s', config: '/s/openclaw.json', workspace: '/s/workspace', notices: 0 },
  ],
  [
    'custom config stays with --profile',
    { profile: 'ops' },
    { OPENCLAW_CONFIG_PATH: '/c.json' },
    named('ops', 55291, { config: '/c.json' }),
  ],
  [
    "custom file in another profile's folder stays",
    { profile: 'ops' },
    { OPENCLAW_CONFIG_PATH: '~/.openclaw/ops.json' },
    named('ops', 55291, { config: `${h}/.openclaw/ops.json` }),
  ],
  [
    'own canonical values stay',
    { profile: 'ops' },
    { OPENCLAW_PROFILE: 'ops', OPENCLAW_STATE_DIR: '~/.openclaw-ops', OPENCLAW_GATEWAY_PORT: '7000' },
    named('ops', 7000, { source: 'env' }),
  ],
  [
    '--profile over OPENCLAW_PROFILE',
    { profile: 'ops' },
    { OPENCLAW_PROFILE: 'rescue' },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--profile over a bad OPENCLAW_PROFILE',
    { profile: 'ops' },
    { OPENCLAW_PROFILE: 'no/good' },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--profile default over OPENCLAW_PROFILE',
    { profile: 'default' },
    { OPENCLAW_PROFILE: 'rescue' },
    { ...plain, notices: 1 },
  ],
  [
    '--dev over OPENCLAW_PROFILE',
    { dev: true },
    { OPENCLAW_PROFILE: 'rescue' },
    named('dev', 19001, { ...dev, notices: 1 }),
  ],
  [
    '--profile over the default state',
    { profile: 'ops' },
    { OPENCLAW_STATE_DIR: '~/.openclaw' },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--profile over the state of rescue',
    { profile: 'ops' },
    { OPENCLAW_STATE_DIR: `${h}/.openclaw-rescue` },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--profile over the config of rescue',
    { profile: 'ops' },
    { OPENCLAW_CONFIG_PATH: `${h}/.openclaw-rescue/openclaw.json` },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--profile default over the state of rescue',
    { profile: 'default' },
    { OPENCLAW_STATE_DIR: '~/.openclaw-rescue' },
    { ...plain, notices: 1 },
  ],
  [
    'a shell of the rescue service, then --profile ops',
    { profile: 'ops' },
    {
      OPENCLAW_PROFILE: 'rescue',
      OPENCLAW_STATE_DIR: `${h}/.openclaw-rescue`,
      OPENCLAW_CONFIG_PATH: `${h}/.openclaw-rescue/openclaw.json`,
      OPENCLAW_GATEWAY_PORT: '19789',
      OPENCLAW_SYSTEMD_UNIT: 'openclaw-gateway-rescue.service',
    },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    'a port alone is not of another profile',
    { profile: 'ops' },
    { OPENCLAW_GATEWAY_PORT: '7000' },
    named('ops', 7000, { source: 'env' }),
  ],
  [
    'OPENCLAW_PROFILE over the state of another',
    {},
    { OPENCLAW_PROFILE: 'ops', OPENCLAW_STATE_DIR: '~/.openclaw' },
    named('ops', 55291, { notices: 1 }),
  ],
  [
    '--port with an inherited port',
    { profile: 'ops', port: 6000 },
    { OPENCLAW_PROFILE: 'x', OPENCLAW_GATEWAY_PORT: '7000' },
    named('ops', 6000, { source: 'flag', notices: 1 }),
  ],
  // Ports
  ['--port', { port: 5000 }, {}, { ...plain, port: 5000, source: 'flag' }],
  [
    '--port over the variable',
    { port: 5000 },
    { OPENCLAW_GATEWAY_PORT: '6000' },
    { ...plain, port: 5000, source: 'flag' },
  ],
  ['--port 0', { port: 0 }, {}, { ...plain, port: 0, source: 'flag' }],
  ['variable', {}, { OPENCLAW_GATEWAY_PORT: '6000' }, { ...plain, port: 6000, source: 'env' }],
  ['variable with host', {}, { OPENCLAW_GATEWAY_PORT: '127.0.0.1:6000' }, { ...plain, port: 6000, source: 'env' }],
  ['variable with v6 host', {}, { OPENCLAW_GATEWAY_PORT: '[::1]:6000' }, { ...plain, port: 6000, source: 'env' }],
  [
    'variable over the port of dev',
    { dev: true },
    { OPENCLAW_GATEWAY_PORT: '6000' },
    named('dev', 6000, { source: 'env' }),
  ],
  ['garbage port is ignored', {}, { OPENCLAW_GATEWAY_PORT: 'abc' }, { ...plain, notices: 1 }],
  ['port beyond the range is ignored', {}, { OPENCLAW_GATEWAY_PORT: '70000' }, { ...plain, notices: 1 }],
]

/** `t.match` takes a part of a string as a match, which is too weak for paths. */
function pick(found: Expected, expected: Expected): Expected {
  return Object.fromEntries(Object.entries(found).filter(([key]) => key in expected))
}

t.test('who am I: table', async (t) => {
  for (const [name, flags, env, expected] of cases) {
    const found = summary(await resolveBare(flags, env))
    t.same(pick(found, expected), expected, name)
  }
})

const refused: readonly (readonly [string, RootFlags, Env, RegExp])[] = [
  ['bad character', { profile: 'a/b' }, {}, /--profile: "a\/b" is not a profile name.*letters/],
  ['dots', { profile: '..' }, {}, /not a profile name/],
  ['first character _', { profile: '_a' }, {}, /not a profile name/],
  ['65 characters', { profile: 'a'.repeat(65) }, {}, /at most 64/],
  ['line break', { profile: 'a\nb' }, {}, /not a profile name/],
  ['not ASCII', { profile: 'öps' }, {}, /not a profile name/],
  ['bad variable', {}, { OPENCLAW_PROFILE: 'a b' }, /OPENCLAW_PROFILE: "a b"/],
  ['--dev with another profile', { dev: true, profile: 'ops' }, {}, /Cannot combine --dev with --profile ops/],
  ['--dev with default', { dev: true, profile: 'default' }, {}, /Cannot combine/],
  ['port too high', { port: 65536 }, {}, /--port must be an integer/],
  ['port negative', { port: -1 }, {}, /--port/],
  ['port with a fraction', { port: 80.5 }, {}, /--port/],
  ['port NaN', { port: Number.NaN }, {}, /--port/],
]

t.test('wrong usage ends with exit 2', async (t) => {
  for (const [name, flags, env, message] of refused) {
    await t.rejects(resolveBare(flags, env), { code: 'usage', message, row: { exit: 2 } }, name)
  }
  const homeless = resolveBare({}, { HOME: undefined }, { osHome: undefined })
  await t.rejects(homeless, { code: 'usage', message: /Set HOME/ }, 'no home')
})

t.test('pain-3: the notice names the variables and their owner, never a value', async (t) => {
  const env = { OPENCLAW_PROFILE: 'rescue', OPENCLAW_GATEWAY_PORT: '19789', OPENCLAW_GATEWAY_TOKEN: 'hush-hush' }
  const instance = await resolveBare({ profile: 'ops' }, env)
  t.match(instance.notices, [
    /OPENCLAW_PROFILE, OPENCLAW_GATEWAY_PORT, OPENCLAW_GATEWAY_TOKEN.*"rescue".*--profile.*"ops"/,
  ])
  t.notMatch(instance.notices.join(), /hush/)
  t.equal(instance.settings.token, undefined, 'the token of another gateway is not used')
  t.notOk(
    Object.keys(instance.env).some((name) => name.startsWith('OPENCLAW_')),
    'nothing below sees them',
  )
})

t.test('an instance is deeply frozen and has its own id', async (t) => {
  const one = await resolveBare({}, {})
  const two = await resolveBare({}, {})
  t.not(one.id, two.id)
  t.match(one.version, /^\d+\.\d+\.\d+/)
  for (const part of [one, one.paths, one.env, one.settings, one.service, one.notices, one.fallbackPort]) {
    t.ok(Object.isFrozen(part))
  }
})

t.test('pain-1: two profiles share no path', async (t) => {
  const one = await resolveBare({}, {})
  const two = await resolveBare({ profile: 'rescue' }, {})
  const own = new Set<string>([
    one.paths.state,
    one.paths.config,
    one.paths.workspace,
    one.paths.credentials,
    one.paths.database,
    one.paths.locks,
    one.paths.runFile,
  ])
  for (const [name, path] of Object.entries(two.paths)) {
    if (name !== 'home' && name !== 'logDir') t.notOk(own.has(path), name)
  }
  t.not(one.paths.logPrefix, two.paths.logPrefix)
  t.notSame(one.service, two.service)
})

t.test('a relocated gateway logs inside its state directory', async (t) => {
  t.equal((await resolveBare({}, { OPENCLAW_STATE_DIR: '/s' })).paths.logDir, '/s/logs')
  t.equal((await resolveBare({}, { OPENCLAW_HOME: '/x' })).paths.logDir, '/x/.openclaw/logs')
})

t.test('an existing workspace inside the state directory is used', async (t) => {
  const home = t.testdir({ '.openclaw-ops': { workspace: {} } })
  const instance = await resolveBare({ profile: 'ops' }, { HOME: home })
  t.equal(instance.paths.workspace, `${home}/.openclaw-ops/workspace`)
})

t.test('container facts reach the settings', async (t) => {
  t.equal((await resolveBare({}, {}, { inContainer: true })).settings.inContainer, true)
  t.equal((await resolveBare({}, {})).settings.inContainer, false)
})
