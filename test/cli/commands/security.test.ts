import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startGateway } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'

const token = 'a-token-that-is-long-enough-0123456789'
const auth = { mode: 'token', token }

interface Row {
  readonly checkId: string
  readonly severity: string
  readonly detail: string
}

async function audit(cli: Cli, config: object, ...flags: string[]) {
  cli.writeConfig(config)
  const { code, stdout, stderr } = await cli.run('security', 'audit', '--json', ...flags)
  if (stdout === '') throw new Error(stderr)
  return { code, ...JSON.parse(stdout) }
}

const told = (findings: Row[], severity?: string) =>
  findings.filter((one) => severity === undefined || one.severity === severity).map(({ checkId }) => checkId)

const withGateway = (gateway: object, more: object = {}) => ({ gateway: { mode: 'local', auth, ...gateway }, ...more })

t.test('a profile as setup makes it has nothing critical', async (t) => {
  const cli = cliFor(t)
  t.equal((await cli.run('setup', '--non-interactive')).code, 0)
  const { code, stdout } = await cli.run('security', 'audit', '--json', '--check')
  const report = JSON.parse(stdout)
  t.equal(code, 0)
  t.match(report, { ts: Number, summary: { critical: 0 }, secretDiagnostics: [] })
  t.strictSame(told(report.findings, 'warn'), ['gateway.trusted_proxies_missing'])
  t.ok(told(report.findings, 'info').includes('summary.attack_surface'))
})

const proxied = (trustedProxy: object, more: object = {}) =>
  withGateway({ bind: 'lan', auth: { mode: 'trusted-proxy', trustedProxy }, trustedProxies: ['10.0.0.1'], ...more })
const lan = { bind: 'lan', controlUi: { allowedOrigins: ['https://a.example'] }, auth: { ...auth, rateLimit: {} } }
const group = { channels: { telegram: { groupPolicy: 'open' } } }
const anybody = { channels: { telegram: { dmPolicy: 'open', allowFrom: ['*'] } } }
const docker = (settings: object, mode = 'all') => ({ agents: { defaults: { sandbox: { mode, docker: settings } } } })
const hooked = (settings: object, gateway: object = {}) =>
  withGateway(gateway, { hooks: { enabled: true, token: 'a-token-of-hooks-0123456789', ...settings } })

/** What each of them must find, with its severity. */
const rows: [config: object, checkId: string, severity: string][] = [
  [withGateway({ ...lan, auth: { mode: 'none' } }), 'gateway.bind_no_auth', 'critical'],
  [withGateway({ ...lan, auth: { mode: 'none' } }), 'gateway.http.no_auth', 'critical'],
  [withGateway({ auth: { mode: 'none' } }), 'gateway.loopback_no_auth', 'critical'],
  [withGateway({ auth: { mode: 'none' } }), 'gateway.http.no_auth', 'warn'],
  [withGateway({}), 'gateway.trusted_proxies_missing', 'warn'],
  [withGateway({ auth: { mode: 'token', token: 'short' } }), 'gateway.token_too_short', 'warn'],
  [withGateway({ auth: { mode: 'password', password: 'short' } }), 'gateway.password_too_short', 'warn'],
  [withGateway({ auth: { mode: 'token', token: '<your-token>' } }), 'gateway.token_placeholder_value', 'critical'],
  [withGateway({ auth: { mode: 'password', password: 'null' } }), 'gateway.password_placeholder_value', 'critical'],
  [withGateway({ ...lan, auth }), 'gateway.auth_no_rate_limit', 'warn'],
  [withGateway({ bind: 'lan' }), 'gateway.control_ui.allowed_origins_required', 'critical'],
  [withGateway({ controlUi: { allowedOrigins: ['*'] } }), 'gateway.control_ui.allowed_origins_wildcard', 'warn'],
  [
    withGateway({ ...lan, controlUi: { allowedOrigins: ['*'] } }),
    'gateway.control_ui.allowed_origins_wildcard',
    'critical',
  ],
  [
    withGateway({ controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
    'gateway.control_ui.host_header_origin_fallback',
    'warn',
  ],
  [withGateway({ allowRealIpFallback: true }), 'gateway.real_ip_fallback_enabled', 'warn'],
  [proxied({ userHeader: 'x-user' }, { allowRealIpFallback: true }), 'gateway.real_ip_fallback_enabled', 'critical'],
  [
    withGateway({ tailscale: { mode: 'funnel' }, auth: { mode: 'password', password: token } }),
    'gateway.tailscale_funnel',
    'critical',
  ],
  [withGateway({ tailscale: { mode: 'serve' } }), 'gateway.tailscale_serve', 'info'],
  [proxied({ userHeader: 'x-user' }), 'gateway.trusted_proxy_auth', 'critical'],
  [proxied({ userHeader: 'x-user' }, { trustedProxies: [] }), 'gateway.trusted_proxy_no_proxies', 'critical'],
  [proxied({}), 'gateway.trusted_proxy_no_user_header', 'critical'],
  [proxied({ userHeader: 'x', allowLoopback: true }), 'gateway.trusted_proxy_allow_loopback', 'warn'],
  [proxied({ userHeader: 'x' }), 'gateway.trusted_proxy_no_allowlist', 'warn'],
  [
    proxied({ userHeader: 'x', deviceAutoApprove: { enabled: true } }),
    'gateway.trusted_proxy_device_auto_approve',
    'warn',
  ],
  [
    proxied({ userHeader: 'x', deviceAutoApprove: { enabled: true, scopes: ['operator.admin'] } }),
    'gateway.trusted_proxy_device_auto_approve_admin',
    'critical',
  ],
  [withGateway({ tools: { allow: ['exec'] } }), 'gateway.tools_invoke_http.dangerous_allow', 'warn'],
  [withGateway({ ...lan, tools: { allow: ['exec'] } }), 'gateway.tools_invoke_http.dangerous_allow', 'critical'],
  [withGateway({ nodes: { commands: { allow: ['camera.snap'] } } }), 'gateway.nodes.allow_commands_dangerous', 'warn'],
  [withGateway({ nodes: { commands: { deny: ['camera.*'] } } }), 'gateway.nodes.deny_commands_ineffective', 'warn'],
  [
    withGateway({ http: { endpoints: { chatCompletions: { enabled: true } } } }),
    'gateway.http.session_key_override_enabled',
    'info',
  ],
  [withGateway({}, { discovery: { mdns: { mode: 'full' } } }), 'discovery.mdns_full_mode', 'warn'],
  [withGateway({ auth: { mode: 'none' } }, { browser: { enabled: true } }), 'browser.control_no_auth', 'critical'],
  [withGateway({}, { browser: { cdpUrl: 'http://browser.example:9222' } }), 'browser.remote_cdp_http', 'warn'],
  [withGateway({}, { browser: { cdpUrl: 'wss://10.0.0.9:9222' } }), 'browser.remote_cdp_private_host', 'warn'],
  [
    withGateway({}, { tools: { elevated: { allowFrom: { telegram: ['*'] } } } }),
    'tools.elevated.allowFrom.telegram.wildcard',
    'critical',
  ],
  [
    withGateway({}, { tools: { elevated: { allowFrom: { telegram: Array.from({ length: 26 }, (_, id) => id) } } } }),
    'tools.elevated.allowFrom.telegram.large',
    'warn',
  ],
  [withGateway({}, { tools: { exec: { mode: 'full' } } }), 'tools.exec.security_full_configured', 'warn'],
  [withGateway({}, { tools: { exec: { mode: 'full' } }, ...group }), 'tools.exec.security_full_configured', 'critical'],
  [withGateway({}, { tools: { exec: { host: 'sandbox' } } }), 'tools.exec.host_sandbox_no_sandbox_defaults', 'warn'],
  [
    withGateway({}, { agents: { entries: { a: { tools: { exec: { host: 'sandbox' } } } } } }),
    'tools.exec.host_sandbox_no_sandbox_agents',
    'warn',
  ],
  [withGateway({}, { tools: { deny: ['write'] } }), 'tools.exec.fs_tools_disabled_but_exec_enabled', 'warn'],
  [withGateway({}, { tools: { exec: { safeBins: ['ls', 'python3'] } } }), 'tools.exec.safe_bins_interpreter', 'warn'],
  [
    withGateway({}, { tools: { profile: 'minimal' }, agents: { entries: { a: { tools: { profile: 'full' } } } } }),
    'tools.profile_minimal_overridden',
    'warn',
  ],
  [withGateway({}, docker({ image: 'x' }, 'off')), 'sandbox.docker_config_mode_off', 'warn'],
  [
    withGateway({}, docker({ binds: ['/var/run/docker.sock:/var/run/docker.sock'] })),
    'sandbox.dangerous_bind_mount',
    'critical',
  ],
  [withGateway({}, docker({ network: 'container:other' })), 'sandbox.dangerous_network_mode', 'critical'],
  [withGateway({}, docker({ seccompProfile: 'unconfined' })), 'sandbox.dangerous_seccomp_profile', 'critical'],
  [withGateway({}, docker({ apparmorProfile: 'unconfined' })), 'sandbox.dangerous_apparmor_profile', 'critical'],
  [withGateway({}, docker({ binds: ['~/x:/x'] })), 'sandbox.bind_mount_non_absolute', 'warn'],
  [
    withGateway(
      {},
      { agents: { defaults: { sandbox: { mode: 'all', browser: { enabled: true, network: 'host' } } } } },
    ),
    'sandbox.browser_cdp_bridge_unrestricted',
    'warn',
  ],
  [hooked({ token }), 'hooks.token_reuse_gateway_token', 'critical'],
  [hooked({ token: 'short' }), 'hooks.token_too_short', 'warn'],
  [hooked({}), 'hooks.default_session_key_unset', 'warn'],
  [hooked({}), 'hooks.allowed_agent_ids_unrestricted', 'warn'],
  [hooked({ allowedAgentIds: ['*'] }), 'hooks.allowed_agent_ids_unrestricted', 'warn'],
  [hooked({ allowRequestSessionKey: true }), 'hooks.request_session_key_enabled', 'warn'],
  [hooked({ allowRequestSessionKey: true }, lan), 'hooks.request_session_key_prefixes_missing', 'critical'],
  [hooked({}), 'config.secrets.hooks_token_in_config', 'info'],
  [withGateway({ auth: { mode: 'password', password: token } }), 'config.secrets.gateway_password_in_config', 'warn'],
  [withGateway({}, { models: { providers: { openai: { apiKey: 'sk-text' } } } }), 'config.secrets.plaintext', 'info'],
  [withGateway({}, { browser: { noSandbox: true } }), 'config.insecure_or_dangerous_flags', 'warn'],
  [withGateway({}, anybody), 'channels.telegram.dm.open', 'critical'],
  [withGateway({}, { channels: { telegram: { dmPolicy: 'open' } } }), 'channels.telegram.dm.open_invalid', 'warn'],
  [
    withGateway({}, { channels: { telegram: { allowFrom: ['1', '2'] } } }),
    'channels.telegram.dm.scope_main_multiuser',
    'warn',
  ],
  [
    withGateway({}, { ...group, tools: { elevated: { allowFrom: { telegram: ['1'] } } } }),
    'security.exposure.open_groups_with_elevated',
    'critical',
  ],
  [withGateway({}, group), 'security.exposure.open_groups_with_runtime_or_fs', 'critical'],
  [withGateway({}, group), 'security.exposure.open_groups_with_control_plane_tools', 'warn'],
  [withGateway({}, anybody), 'security.exposure.open_channels_with_exec', 'warn'],
  [withGateway({}, group), 'security.trust_model.multi_user_heuristic', 'warn'],
  [withGateway({}, { plugins: { load: { paths: ['/x'] } } }), 'plugins.extensions_no_allowlist', 'warn'],
  [withGateway({}, { agents: { defaults: { model: 'ollama/llama3.2:3b' } } }), 'models.small_params', 'info'],
  [
    withGateway({}, { agents: { defaults: { model: 'ollama/llama3.2:3b' } }, ...anybody }),
    'models.small_params',
    'critical',
  ],
  [withGateway({}, { agents: { defaults: { model: 'openai/gpt-3.5-turbo' } } }), 'models.legacy', 'warn'],
]

t.test('each documented finding, where it applies and not where it does not', async (t) => {
  const cli = cliFor(t)
  const quiet = told((await audit(cli, withGateway({}))).findings)
  for (const [config, checkId, severity] of rows) {
    const { findings, code } = await audit(cli, config)
    const found = findings.find((one: Row) => one.checkId === checkId)
    t.match(found, { severity, title: String, detail: String }, `${checkId} ${severity}`)
    t.equal(code, 0)
    if (checkId !== 'gateway.trusted_proxies_missing')
      t.notOk(quiet.includes(checkId), `${checkId} is not always there`)
    t.notMatch(JSON.stringify(findings), token, 'and no secret is shown')
  }
})

t.test('a secret that is kept elsewhere is not judged, and that is told', async (t) => {
  const config = withGateway(
    { auth: { mode: 'token', token: { source: 'file', provider: 'f', id: '/t' } } },
    { secrets: { providers: { f: { source: 'file', path: '/nowhere' } } } },
  )
  const report = await audit(cliFor(t), config)
  t.equal(report.summary.critical, 0)
  t.match(report.secretDiagnostics, [/^gateway\.auth\.token: kept by the provider "f"/])
})

t.test('exit codes', async (t) => {
  const cli = cliFor(t)
  const bad = withGateway({ auth: { mode: 'none' } })
  t.equal((await audit(cli, bad)).code, 0)
  t.equal((await audit(cli, bad, '--check')).code, 1)
  cli.writeConfig('{ nope')
  t.equal((await cli.run('security', 'audit')).code, 78)
})

t.test('suppressions move findings aside, visibly', async (t) => {
  const suppressions = [
    { checkId: 'gateway.loopback_no_auth', reason: 'a test machine' },
    { checkId: 'gateway.http.no_auth', reason: 'x', detailIncludes: 'words that are not there' },
  ]
  const report = await audit(
    cliFor(t),
    withGateway({ auth: { mode: 'none' } }, { security: { audit: { suppressions } } }),
    '--check',
  )
  t.equal(report.code, 0)
  t.strictSame(told(report.suppressedFindings), ['gateway.loopback_no_auth'])
  t.ok(told(report.findings).includes('security.audit.suppressions.active'))
  t.ok(told(report.findings).includes('gateway.http.no_auth'))
})

function openProfile(t: Test) {
  const cli = cliFor(t)
  const state = join(cli.home, '.openclaw')
  const path = cli.writeConfig(
    withGateway(
      {},
      { channels: { telegram: { groupPolicy: 'open' }, whatsapp: { groupPolicy: 'open', allowFrom: ['+1'] } } },
    ),
  )
  mkdirSync(join(state, 'credentials'))
  writeFileSync(join(state, 'credentials', 'key'), 'k')
  const agent = join(state, 'agents', 'main', 'agent')
  mkdirSync(agent, { recursive: true })
  writeFileSync(join(agent, 'auth-profiles.json'), '{}')
  for (const [file, mode] of [
    [path, 0o664],
    [join(state, 'credentials'), 0o777],
    [join(state, 'credentials', 'key'), 0o644],
    [join(agent, 'auth-profiles.json'), 0o640],
    [state, 0o757],
  ] as const) {
    chmodSync(file, mode)
  }
  return { cli, state, path }
}

t.test('--fix closes files and groups, shows each step, and touches nothing else', async (t) => {
  const { cli, state, path } = openProfile(t)
  const before = JSON.parse(readFileSync(path, 'utf8'))
  const mode = (file: string) => (statSync(join(state, file)).mode & 0o777).toString(8)
  const open = JSON.parse((await cli.run('security', 'audit', '--json')).stdout)
  for (const id of [
    'fs.state_dir.perms_world_writable',
    'fs.config.perms_writable',
    'fs.credentials_dir.perms_writable',
    'fs.credentials_dir.perms_readable',
    'fs.auth_profiles.perms_readable',
  ]) {
    t.ok(told(open.findings).includes(id), id)
  }
  const dry = await cli.run('security', 'audit', '--fix', '--dry-run')
  t.match(dry.stdout, /--fix would do:[\s\S]*chmod 600 .*openclaw\.json[\s\S]*channels\.telegram\.groupPolicy/)
  t.equal(mode('openclaw.json'), '664', 'a dry run changes nothing')

  const { stdout, code } = await cli.run('security', 'audit', '--fix', '--json')
  const { fix, report } = JSON.parse(stdout)
  t.equal(code, 0)
  t.match(fix, { ok: true, configWritten: true, errors: [], stateDir: state, configPath: path })
  t.strictSame(fix.changes, [
    'channels.telegram.groupPolicy',
    'channels.whatsapp.groupPolicy',
    'channels.whatsapp.groupAllowFrom',
  ])
  t.strictSame(
    ['.', 'openclaw.json', 'credentials', 'credentials/key', 'agents/main/agent/auth-profiles.json'].map(mode),
    ['700', '600', '700', '600', '600'],
  )
  t.strictSame(
    told(report.findings).filter((id) => id.startsWith('fs.')),
    [],
  )
  const after = JSON.parse(readFileSync(path, 'utf8'))
  t.strictSame(after.gateway, before.gateway, 'no token, no address')
  t.match(after.channels, {
    telegram: { groupPolicy: 'allowlist' },
    whatsapp: { groupPolicy: 'allowlist', groupAllowFrom: ['+1'] },
  })
  const again = JSON.parse((await cli.run('security', 'audit', '--fix', '--json')).stdout)
  t.match(again.fix, { configWritten: false, changes: [] }, 'a second run finds nothing')
})

t.test('--fix never gives rights', async (t) => {
  const { cli, state, path } = openProfile(t)
  chmodSync(path, 0o444)
  chmodSync(join(state, 'credentials', 'key'), 0o404)
  await cli.run('security', 'audit', '--fix')
  t.equal(statSync(join(state, 'credentials', 'key')).mode & 0o777, 0o400)
})

t.test('what lies beside the database holds the same messages: found and closed with it', async (t) => {
  const { cli, state } = openProfile(t)
  const journal = join(state, 'openclaw.db-wal')
  writeFileSync(journal, '')
  chmodSync(journal, 0o644)
  const { findings } = JSON.parse((await cli.run('security', 'audit', '--json')).stdout)
  t.ok(findings.some(({ checkId, detail }: Row) => checkId.startsWith('fs.sessions_store') && detail.includes(journal)))
  await cli.run('security', 'audit', '--fix')
  t.equal(statSync(journal).mode & 0o777, 0o600)
})

t.test('links are told', async (t) => {
  const cli = cliFor(t)
  const elsewhere = join(cli.home, 'dotfiles.json')
  writeFileSync(elsewhere, JSON.stringify(withGateway({})), { mode: 0o600 })
  mkdirSync(join(cli.home, '.openclaw'), { mode: 0o700 })
  symlinkSync(elsewhere, cli.configPath())
  const { stdout } = await cli.run('security', 'audit', '--json')
  t.ok(told(JSON.parse(stdout).findings).includes('fs.config.symlink'))
})

t.test('two profiles with one token', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(withGateway({ port: 20_000 }))
  cli.writeConfig(withGateway({ port: 21_000 }), 'rescue')
  const { code, stdout } = await cli.run('security', 'audit', '--json', '--check')
  t.equal(code, 1)
  t.strictSame(told(JSON.parse(stdout).findings, 'critical'), ['isolation.shared_gateway_secret'])
})

t.test('--deep asks the running gateway', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(withGateway({}))
  const down = await audit(cli, withGateway({}), '--deep')
  t.match(down.deep, { gateway: { attempted: true, ok: false } })
  t.ok(told(down.findings).includes('gateway.probe_failed'))
  await startGateway(t, cli.home)
  const up = await audit(cli, withGateway({}), '--deep')
  t.match(up.deep, { gateway: { attempted: true, ok: true, error: null } })
  t.strictSame(
    told(up.findings).filter((id) => id.startsWith('gateway.probe') || id.startsWith('gateway.live')),
    [],
  )
})

t.test('for people, in groups, worst first', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(withGateway({ auth: { mode: 'none' } }))
  const { stdout } = await cli.run('security', 'audit')
  t.match(
    stdout,
    /^CRITICAL\n✖ Every program.*\[gateway\.loopback_no_auth\]\n {4}.*\n {4}Fix: [\s\S]*WARN\n[\s\S]*INFO\n/,
  )
  t.match(stdout, /1 critical, \d+ warnings, \d+ remarks/)
})

t.test('every file of checks is in this test', async (t) => {
  const folder = join(import.meta.dirname, '../../../src/doctor/audit/checks')
  const source = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  const ids = [
    ...source.matchAll(/'((?:gateway|discovery|browser|tools|sandbox|hooks|config|plugins|models)\.[a-z_.]+)'/g),
  ]
  const known = new Set(rows.map(([, id]) => id))
  const untested = [...new Set(ids.map(([, id = '']) => id))].filter(
    (id) => !known.has(id) && !/^(?:gateway\.auth|hooks\.path_root|browser\.enabled)/.test(id) && id.includes('_'),
  )
  t.strictSame(untested, [])
})
