import { resolve } from 'node:path'
import { bindModes } from '../../instance/bind.js'
import { type SetupOptions, type SetupResult, setUpProfile } from '../../setup/setup.js'
import { jsonOption } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { columns } from '../text-width.js'
import { usageError } from '../usage.js'

/** Steps of the official onboarding that do not exist here: leaving them out is always granted. */
const skips = Object.fromEntries(
  ['Bootstrap', 'Channels', 'Daemon', 'Health', 'Hooks', 'Search', 'Skills', 'Ui'].map(
    (step) => [`skip${step}`, { kind: 'flag', text: 'setup.option.compatible', hidden: true }] as const,
  ),
)

export default defineCommand({
  summary: 'setup.summary',
  description: 'setup.description',
  options: {
    workspace: { kind: 'text', value: 'dir', text: 'setup.option.workspace' },
    port: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'setup.option.port', alias: '--gateway-port' },
    bind: { kind: 'choice', choices: bindModes, text: 'setup.option.bind', alias: '--gateway-bind' },
    auth: {
      kind: 'choice',
      choices: ['token', 'password', 'none', 'trusted-proxy'],
      text: 'setup.option.auth',
      alias: '--gateway-auth',
    },
    token: { kind: 'text', value: 'token', text: 'setup.option.token', alias: '--gateway-token' },
    password: { kind: 'text', value: 'password', text: 'setup.option.password', alias: '--gateway-password' },
    mode: { kind: 'choice', choices: ['local', 'remote'], text: 'setup.option.mode' },
    remoteUrl: { kind: 'text', value: 'url', text: 'setup.option.remoteUrl' },
    remoteToken: { kind: 'text', value: 'token', text: 'setup.option.remoteToken' },
    remotePassword: { kind: 'text', value: 'password', text: 'setup.option.remotePassword' },
    embedded: { kind: 'flag', text: 'setup.option.embedded' },
    baseline: { kind: 'flag', text: 'setup.option.baseline' },
    nonInteractive: { kind: 'flag', text: 'setup.option.nonInteractive' },
    acceptRisk: { kind: 'flag', text: 'setup.option.acceptRisk' },
    suppressGatewayTokenOutput: { kind: 'flag', text: 'setup.option.suppressToken' },
    authChoice: { kind: 'choice', choices: ['skip'], text: 'setup.option.compatible', hidden: true },
    noInstallDaemon: { kind: 'flag', text: 'setup.option.compatible', hidden: true },
    ...skips,
    ...jsonOption,
  },
  examples: [
    { command: 'setup' },
    { command: '--profile rescue setup --port 19789' },
    { command: 'setup --embedded', text: 'setup.example.embedded' },
  ],
  async run(context, _args, options) {
    const { out, t, io } = context
    if (
      options.mode !== 'remote' &&
      (options.remoteUrl ?? options.remoteToken ?? options.remotePassword) !== undefined
    ) {
      throw usageError(t('setup.remoteNeedsMode'), 'setup --help')
    }
    const instance = await context.instance()
    const workspace = options.workspace && workspacePath(options.workspace, io.cwd)
    const result = await setUpProfile(instance, wishes({ ...options, workspace }))
    const token = options.suppressGatewayTokenOutput ? undefined : result.newToken
    out.result(setupJson(result, token), () => setupLines(result, token, context))
    return 0
  },
})

/** `~` stays: it means the home of whoever runs the gateway. */
function workspacePath(text: string, cwd: string): string {
  return text.startsWith('~') ? text : resolve(cwd, text)
}

type Wishes = { readonly [K in keyof SetupOptions]: SetupOptions[K] | undefined }

function wishes(options: Wishes): SetupOptions {
  const { workspace, port, bind, auth, token, password, mode } = options
  const { remoteUrl, remoteToken, remotePassword, embedded, baseline } = options
  const main = { workspace, port, bind, auth, token, password, mode }
  const all = { ...main, remoteUrl, remoteToken, remotePassword, embedded, baseline }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== false))
}

function setupJson({ newToken: _, overlap, ...facts }: SetupResult, token: string | undefined) {
  return {
    ok: true,
    ...facts,
    ...(token && { token }),
    warnings: overlap ? [{ code: 'port_overlap', ...overlap }] : [],
  }
}

function setupLines(result: SetupResult, token: string | undefined, { out, t, hint }: CommandContext): string[] {
  const { config, workspace, mode, port, portSource, changed, created, overlap } = result
  const nothing = changed.length === 0 && created.length === 0
  const rows = [
    [t('status.config'), config],
    [t('status.mode'), mode],
    ...(workspace === undefined ? [] : [[t('status.workspace'), workspace]]),
    ...(mode === 'local' ? [[t('status.port'), `${port} (${portSource})`]] : []),
  ]
  return [
    nothing ? t('setup.nothing') : t('setup.done'),
    '',
    ...columns(rows, '  '),
    ...(token ? ['', t('setup.newToken', { token }), t('setup.tokenKept', { path: config })] : []),
    ...(overlap ? ['', `${out.style('!', 'yellow')} ${overlapText(overlap, t)}`] : []),
    '',
    t('setup.next', { command: hint(mode === 'local' ? 'gateway' : 'status') }),
  ]
}

function overlapText({ neighbour, distance, suggestion }: NonNullable<SetupResult['overlap']>, t: CommandContext['t']) {
  return t('setup.overlap', { distance, port: neighbour.port, profile: neighbour.profile, suggestion })
}
