import { resolve } from 'node:path'
import type { Config } from '../../config/types.js'
import type { Env, Instance } from '../../instance/types.js'
import type { OnboardAnswers } from '../../setup/onboard/answers.js'
import { authChoices } from '../../setup/onboard/providers.js'
import type { CommandContext } from '../context.js'
import { usageError, withHint } from '../usage.js'
import { modelOfFlags } from './model-flags.js'
import type { OnboardFlags } from './options.js'

type Words = Pick<CommandContext, 't' | 'io'>

/**
 * What the command line says by itself, checked as far as it can be without writing. Throws `usage` for options that
 * contradict each other or lack their partner.
 */
export function answersOfFlags(
  flags: OnboardFlags,
  { config, env }: { readonly config: Config; readonly env: Env },
  words: Words,
): OnboardAnswers {
  const { t, io } = words
  checkPartners(flags, env, words)
  const { workspace, port, bind, auth, token, password, mode, remoteUrl, remoteToken, remotePassword } = flags
  const place = workspace && (workspace.startsWith('~') ? workspace : resolve(io.cwd, workspace))
  const reference = flags.gatewayTokenRefEnv
  const given = {
    workspace: place,
    port,
    bind,
    auth,
    token: reference === undefined ? token : ({ source: 'env', provider: 'default', id: reference } as const),
    password,
    mode,
    remoteUrl,
    remoteToken,
    remotePassword,
    tailscale: flags.tailscale,
    model: mode === 'remote' ? undefined : modelOfFlags(flags, { config, env }, t),
    embedded: flags.embedded || undefined,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function checkPartners(flags: OnboardFlags, env: Env, { t }: Words): void {
  const { mode, remoteUrl, remoteToken, remotePassword, gatewayTokenRefEnv: name, token, reset, resetScope } = flags
  if (mode !== 'remote' && (remoteUrl ?? remoteToken ?? remotePassword) !== undefined) {
    throw usageError(t('setup.remoteNeedsMode'), 'onboard --help')
  }
  if (name !== undefined && token !== undefined) throw usageError(t('onboard.oneToken'), 'onboard --help')
  if (name !== undefined && !/^[A-Z][A-Z0-9_]{0,127}$/.test(name)) throw usageError(t('onboard.variableName', { name }))
  if (name !== undefined && !env[name]) throw usageError(t('onboard.variableUnset', { name }))
  if (resetScope !== undefined && !reset) throw usageError(t('onboard.scopeNeedsReset'), 'onboard --help')
  if (flags.installDaemon && (flags.noInstallDaemon || flags.skipDaemon)) {
    throw usageError(t('onboard.daemonTwice'), 'onboard --help')
  }
  if (
    flags.nonInteractive &&
    flags.auth === 'password' &&
    flags.password === undefined &&
    !env.OPENCLAW_GATEWAY_PASSWORD
  ) {
    throw usageError(t('onboard.passwordMissing'), 'onboard --help')
  }
  if (flags.tailscale === 'funnel' && flags.password === undefined && flags.nonInteractive) {
    throw usageError(t('onboard.funnelNeedsPassword'), 'onboard --help')
  }
}

/** Throws `usage` for a provider that nobody knows, with what was probably meant. */
export function checkChoice({ authChoice }: OnboardFlags, { t }: Pick<Words, 't'>): void {
  const choices = authChoices()
  if (authChoice === undefined || choices.includes(authChoice)) return
  const why = withHint(t, t('usage.choice', { choices: choices.join(', ') }), authChoice, choices)
  throw usageError(t('usage.badValue', { option: '--auth-choice', why }), 'onboard --help')
}

/** The token of this shell that onboarding does not take over; undefined when there is none or it was asked for. */
export function shellTokenIgnored(
  instance: Instance,
  config: Config,
  { token, password, auth }: OnboardAnswers,
): string | undefined {
  if (instance.settings.token === undefined || token !== undefined || password !== undefined) return undefined
  if (auth !== undefined && auth !== 'token') return undefined
  return config.gateway?.auth?.token === undefined ? 'OPENCLAW_GATEWAY_TOKEN' : undefined
}
