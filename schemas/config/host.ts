import { Type } from '../type.js'
import {
  choice,
  either,
  flag,
  int,
  json,
  list,
  mapOf,
  openSection,
  port,
  secret,
  section,
  sectionWith,
  text,
  texts,
} from './words.js'

export const browser = section('Browser tool.', {
  enabled: flag('Offer it.', true),
  evaluateEnabled: flag('Allow scripts in pages.', true),
  cdpUrl: text('CDP endpoint of a running browser; must not be shared by gateways.'),
  remoteCdpTimeoutMs: int('Longest connection to a remote browser, in milliseconds.', { default: 1500 }),
  remoteCdpHandshakeTimeoutMs: int('Longest handshake with a remote browser, in milliseconds.'),
  defaultProfile: text('Profile when none is named.'),
  headless: flag('Run without a window.'),
  noSandbox: flag("Turn off the browser's own sandbox.", false),
  attachOnly: flag('Never start a browser.', false),
  executablePath: text('Browser program.'),
  extraArgs: texts('Arguments of the browser.'),
  color: text('Colour of the default profile.'),
  snapshotDefaults: section('Snapshots.', { mode: text('Mode when none is named.') }),
  ssrfPolicy: section('Which pages may be opened.', {
    dangerouslyAllowPrivateNetwork: flag('Allow private addresses.', false),
    allowedHostnames: texts('Hosts that are allowed.'),
    blockedHostnames: texts('Hosts that are refused.'),
    hostnameAllowlist: texts('Only these hosts.'),
  }),
  profiles: mapOf(
    'Browser profiles.',
    section('One profile.', {
      cdpPort: port('CDP port; from the range of the gateway when unset.'),
      cdpUrl: text('CDP endpoint.'),
      userDataDir: text('Data folder.'),
      driver: choice('What drives it.', ['openclaw', 'existing-session', 'extension']),
      headless: flag('Run without a window.'),
      executablePath: text('Browser program.'),
      attachOnly: flag('Never start a browser.'),
      color: text('Colour.'),
    }),
  ),
})

export const discovery = section('How clients find the gateway.', {
  mdns: section('Bonjour in the local network.', {
    mode: choice('How much is announced.', ['off', 'minimal', 'full'], 'minimal'),
  }),
  wideArea: section('DNS-SD across a tailnet.', {
    enabled: flag('Publish; needs a domain.'),
    domain: text('Domain of the zone; its presence turns publishing on.', { minLength: 1 }),
  }),
})

export const plugins = section('Plugins.', {
  enabled: flag('Load plugins.'),
  allow: texts('Only these.'),
  deny: texts('Never these.'),
  load: section('Where they lie.', { paths: texts('Further folders.') }),
  slots: mapOf('Plugin for a role.', Type.String()),
  entries: mapOf(
    'Plugins by id.',
    openSection('One plugin.', {
      enabled: flag('Load it.'),
      config: json('Its settings.'),
      env: mapOf('Environment.', Type.String()),
    }),
  ),
  installs: json('Bookkeeping of installed plugins.'),
})

export const skills = section('Skills.', {
  allowBundled: texts('Only these of the bundled ones.'),
  load: openSection('Where they lie.', { extraDirs: texts('Further folders.'), watch: flag('Reload on change.') }),
  install: openSection('Installation.', {}),
  entries: mapOf(
    'Skills by name.',
    section('One skill.', {
      enabled: flag('Offer it.'),
      apiKey: secret('Its key.'),
      env: mapOf('Environment.', Type.String()),
      config: json('Its settings.'),
    }),
  ),
  limits: openSection('Limits.', {}),
})

const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

export const logging = section('Logs.', {
  level: choice('Level of the file.', levels, 'info'),
  consoleLevel: choice('Level of the console.', levels, 'info'),
  consoleStyle: choice('Form of the console.', ['pretty', 'compact', 'json']),
  file: text('Log file; /tmp/openclaw/openclaw-<date>.log when unset.'),
  maxFileBytes: int('Largest file in bytes.', { minimum: 1, default: 104_857_600 }),
  redactSensitive: choice('Redaction of tool output.', ['off', 'tools'], 'tools'),
  redactPatterns: texts('Further regular expressions that are redacted.'),
  audit: section('Audit records.', {
    enabled: flag('Write them.'),
    messages: choice('Which messages are recorded.', ['off', 'direct', 'all']),
  }),
})

export const env = section('Environment of the gateway.', {
  vars: mapOf('Variables; one that is already set keeps its value.', Type.String(), '^[A-Za-z_][A-Za-z0-9_]*$'),
  shellEnv: section('Missing variables from the login shell.', {
    enabled: flag('Read them.', false),
    timeoutMs: int('Longest read in milliseconds.', { default: 15_000 }),
  }),
})

export const security = section('Security audit.', {
  audit: section('Findings.', {
    suppressions: list(
      'Findings that are accepted.',
      sectionWith(
        'One finding.',
        { checkId: Type.String({ description: 'Id of the check.' }), reason: Type.String({ description: 'Why.' }) },
        {
          titleIncludes: text('Only when the title has this.'),
          detailIncludes: text('Only when the detail has this.'),
        },
      ),
    ),
  }),
})

export const update = section('Updates.', {
  channel: choice('Which releases.', ['stable', 'extended-stable', 'beta', 'dev'], 'stable'),
  checkOnStart: flag('Look for a release at start.', true),
  auto: section('Automatic updates.', { enabled: flag('Install them.', false) }),
})

export const nodeHost = section('This machine as a node.', {
  browserProxy: section('Browser for the gateway.', {
    enabled: flag('Offer it.', true),
    allowProfiles: texts('Profiles that may be used.'),
  }),
  autoUpdate: section('Updates with the gateway.', { enabled: flag('Follow it.', true) }),
})

export const auth = section('Accounts at model providers (no secrets).', {
  profiles: mapOf(
    'Profiles by id.',
    section('One profile.', {
      provider: text('Provider.'),
      mode: choice('Kind of credential.', ['api_key', 'token', 'oauth', 'aws-sdk']),
      email: text('Account.'),
      displayName: text('Name.'),
    }),
  ),
  order: mapOf('Order of profiles, by provider.', texts('Profile ids.')),
  cooldowns: openSection('Pauses after failures.', {}),
})

export const memory = openSection('Memory.', {
  search: openSection('Search over memory files.', {
    enabled: flag('Index and search.'),
    extraPaths: texts('Further files and folders.'),
    remote: openSection('Remote embeddings.', { apiKey: secret('Key.'), baseUrl: text('URL.') }),
  }),
})

export const meta = openSection('Bookkeeping of this file.', {
  lastTouchedVersion: text('Version that wrote it last.'),
  lastTouchedAt: either('Time of the last write.', [Type.String(), Type.Number()]),
  migrations: json('Migrations that ran.'),
})
