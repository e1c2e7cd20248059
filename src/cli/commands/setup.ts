import { resolve } from 'node:path'
import { type SetupOptions, type SetupResult, setUpProfile } from '../../setup/setup.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { asksForOnboarding, onboardOptions } from '../onboard/options.js'
import { columns } from '../text-width.js'
import { usageError } from '../usage.js'

export default defineCommand({
  summary: 'setup.summary',
  description: 'setup.description',
  options: { ...onboardOptions, baseline: { kind: 'flag', text: 'setup.option.baseline' } },
  examples: [
    { command: 'setup' },
    { command: '--profile rescue setup --port 19789' },
    { command: 'setup --embedded', text: 'setup.example.embedded' },
  ],
  async run(context, _args, options) {
    const { out, t, io } = context
    if (!options.baseline && (asksForOnboarding(options) || (await isFirstTime(context)))) {
      const { runOnboard } = await import('../onboard/run.js')
      return runOnboard(context, options)
    }
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

/** Somebody at a terminal who typed nothing but `setup`, and nothing is there yet: then asking helps. */
async function isFirstTime({ io, instance }: CommandContext): Promise<boolean> {
  if (io.prompts === undefined || io.argv.at(-1) !== 'setup') return false
  const { existsSync } = await import('node:fs')
  return !existsSync((await instance()).paths.config)
}

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
