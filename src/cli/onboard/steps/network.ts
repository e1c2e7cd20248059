import { type BindMode, bindModes } from '../../../instance/bind.js'
import { planPorts } from '../../../instance/ports.js'
import type { OnboardAnswers } from '../../../setup/onboard/answers.js'
import { readProfiles } from '../../../setup/profiles.js'
import { checkSpacing, minSpacing } from '../../../setup/spacing.js'
import { shellTokenIgnored } from '../answers.js'
import { referenceTo } from '../model-flags.js'
import type { Wizard } from '../wizard.js'

/** Base port, kept away from those of the other profiles of this home. */
export async function portStep({
  ask,
  context: { t },
  instance,
  config,
  flags,
  quick,
}: Wizard): Promise<number | undefined> {
  const neighbours = (await readProfiles(instance)).filter(({ current }) => !current)
  const own = { fallbackPort: instance.fallbackPort, portOverride: undefined }
  const planned = flags.port ?? planPorts(own, config.gateway?.port).base
  const problem = checkSpacing(planned, neighbours)
  const initial =
    flags.port === undefined && config.gateway?.port === undefined && problem ? problem.suggestion : planned
  const verdict = (port: number) => {
    const found = checkSpacing(port, neighbours)
    if (!found || (found.verdict === 'refused' && port === config.gateway?.port)) return undefined
    const { distance, neighbour, suggestion } = found
    const values = { distance, port: neighbour.port, profile: neighbour.profile, suggestion }
    return { refused: found.verdict === 'refused', values }
  }
  const check = (text: string) => {
    const port = Number(text)
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535) return t('usage.integer', { min: 1, max: 65_535 })
    const found = verdict(port)
    return found?.refused ? t('onboard.port.refused', { ...found.values, min: minSpacing }) : undefined
  }
  const asks = flags.port === undefined && !quick
  const port = asks
    ? Number(await ask.text({ message: t('onboard.port.ask'), initial: String(initial), check }))
    : initial
  const found = verdict(port)
  if (found && !found.refused) ask.say('warning', t('setup.overlap', found.values))
  return port
}

export async function bindStep({ ask, context: { t }, config, flags, quick }: Wizard): Promise<OnboardAnswers> {
  if (flags.bind !== undefined || flags.tailscale === 'serve' || flags.tailscale === 'funnel') return {}
  const current = config.gateway?.bind ?? 'loopback'
  if (quick) return {}
  const hints = {
    loopback: t('onboard.bind.loopback'),
    lan: t('onboard.bind.lan'),
    tailnet: t('onboard.bind.tailnet'),
    auto: t('onboard.bind.auto'),
    custom: t('onboard.bind.custom'),
  }
  const choices = bindModes.map((value) => ({ value, label: value, hint: hints[value] }))
  const bind = await ask.select<BindMode>({ message: t('onboard.bind.ask'), choices, initial: current })
  if (bind !== 'custom') return bind === current ? {} : { bind }
  const check = (text: string) => (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? undefined : t('onboard.bind.badHost'))
  const initial = config.gateway?.customBindHost
  return { bind, customBindHost: await ask.text({ message: t('onboard.bind.host'), initial, check }) }
}

/** How callers prove themselves. A token of this shell is never taken over without a word. */
export async function authStep(wizard: Wizard): Promise<OnboardAnswers> {
  const { ask, context, instance, config, flags, quick } = wizard
  const { t } = context
  const given = flags.auth ?? flags.token ?? flags.password ?? flags.gatewayTokenRefEnv
  if (given !== undefined) return {}
  const shell = shellTokenIgnored(instance, config, {})
  if (shell !== undefined) return askShellToken(wizard, shell)
  const auth = config.gateway?.auth
  const has = auth?.token !== undefined || auth?.password !== undefined || auth?.mode !== undefined
  if (quick) return { ownToken: true }
  const how = await ask.select<'keep' | 'generate' | 'type' | 'password'>({
    message: t('onboard.auth.ask'),
    choices: [
      ...(has ? [{ value: 'keep' as const, label: t('onboard.keepCurrent') }] : []),
      { value: 'generate', label: t('onboard.auth.generate'), hint: t('onboard.auth.generateHint') },
      { value: 'type', label: t('onboard.auth.type') },
      { value: 'password', label: t('onboard.auth.password') },
    ],
    initial: has ? 'keep' : 'generate',
  })
  if (how === 'keep') return {}
  if (how === 'generate') return has ? { auth: 'token', freshToken: true } : { ownToken: true }
  const check = (text: string) => (text.trim().length >= 8 ? undefined : t('onboard.auth.short'))
  const secret = await ask.secret({ message: t('onboard.secret'), check })
  return how === 'type' ? { auth: 'token', token: secret } : { auth: 'password', password: secret }
}

async function askShellToken({ ask, context: { t }, quick }: Wizard, name: string): Promise<OnboardAnswers> {
  ask.say('warning', t('onboard.auth.shell', { name }))
  if (quick) return { ownToken: true }
  const how = await ask.select<'own' | 'reference'>({
    message: t('onboard.auth.shellAsk'),
    choices: [
      { value: 'own', label: t('onboard.auth.generate'), hint: t('onboard.auth.generateHint') },
      { value: 'reference', label: t('onboard.auth.reference', { name }), hint: t('onboard.auth.referenceHint') },
    ],
    initial: 'own',
  })
  return how === 'own' ? { ownToken: true } : { auth: 'token', token: referenceTo(name) }
}

/** Publishing over Tailscale needs the loopback address; the public way needs a password. */
export async function tailscaleStep(wizard: Wizard, bind: string | undefined): Promise<OnboardAnswers> {
  const { ask, context, config, flags, quick } = wizard
  const { t } = context
  if ((bind ?? config.gateway?.bind ?? 'loopback') !== 'loopback') return {}
  const current = config.gateway?.tailscale?.mode ?? 'off'
  const mode =
    flags.tailscale ??
    (quick
      ? current
      : await ask.select<'off' | 'serve' | 'funnel'>({
          message: t('onboard.tailscale.ask'),
          choices: [
            { value: 'off', label: t('onboard.tailscale.off') },
            { value: 'serve', label: t('onboard.tailscale.serve') },
            { value: 'funnel', label: t('onboard.tailscale.funnel') },
          ],
          initial: current,
        }))
  if (mode === 'off') return { tailscale: mode }
  const auth = config.gateway?.auth
  const hasPassword = flags.password !== undefined || (auth?.mode === 'password' && auth.password !== undefined)
  if (mode === 'serve' || hasPassword) return { tailscale: mode }
  ask.say('warning', t('onboard.funnelNeedsPassword'))
  const check = (text: string) => (text.trim().length >= 8 ? undefined : t('onboard.auth.short'))
  const password = await ask.secret({ message: t('onboard.auth.password'), check })
  return { tailscale: mode, auth: 'password', password }
}

/** OpenAI's API for programs of the user; closed unless somebody wants it. */
export async function endpointsStep({ ask, context: { t }, config, flags }: Wizard): Promise<OnboardAnswers> {
  if (flags.embedded) return {}
  const open = config.gateway?.http?.endpoints?.chatCompletions?.enabled ?? true
  const endpoints = await ask.confirm({ message: t('onboard.endpoints.ask'), initial: open })
  return endpoints ? { endpoints } : {}
}
