import type { LoadedConfig } from '../../../config/types.js'
import type { Instance } from '../../../instance/types.js'
import { GatewayError } from '../../../kernel/errors.js'
import { type ResetScope, resetScopes } from '../../../setup/removal/types.js'
import type { CommandContext } from '../../context.js'
import type { Prompter } from '../../prompts/types.js'
import type { OnboardFlags } from '../options.js'

/** What an agent with tools can do is said before anything else. Throws `cancelled` for a no. */
export async function securityStep(ask: Prompter, { t }: CommandContext, flags: OnboardFlags): Promise<void> {
  ask.note(t('onboard.security.text'), t('onboard.security.title'))
  if (flags.acceptRisk) return
  if (!(await ask.confirm({ message: t('onboard.security.ask'), initial: false }))) throw new GatewayError('cancelled')
}

export type Existing =
  | { readonly use: 'new' | 'keep' | 'change' }
  | { readonly use: 'reset'; readonly scope: ResetScope }

/** What to do with a config that is there. A broken one can only be reset here. */
export async function existingStep(
  ask: Prompter,
  { t, hint }: CommandContext,
  { instance, loaded, flags }: { instance: Instance; loaded: LoadedConfig; flags: OnboardFlags },
): Promise<Existing> {
  if (flags.reset) {
    await mustNotRun(instance, { t, hint })
    return { use: 'reset', scope: flags.resetScope ?? 'config+creds+sessions' }
  }
  if (!loaded.exists) return { use: 'new' }
  if (!loaded.ok) {
    const [first] = loaded.issues
    ask.say('problem', t('onboard.existing.broken', { path: instance.paths.config, why: first?.message ?? '' }))
    ask.say('info', t('onboard.existing.repair', { command: hint('config validate') }))
  }
  const kept = [
    { value: 'keep', label: t('onboard.existing.keep'), hint: t('onboard.existing.keepHint') },
    { value: 'change', label: t('onboard.existing.change'), hint: t('onboard.existing.changeHint') },
  ] as const
  const use = await ask.select<'keep' | 'change' | 'reset' | 'leave'>({
    message: t('onboard.existing.ask', { path: instance.paths.config }),
    choices: [
      ...(loaded.ok ? kept : [{ value: 'leave' as const, label: t('onboard.existing.leave') }]),
      { value: 'reset', label: t('onboard.existing.reset'), hint: t('onboard.existing.resetHint') },
    ],
    initial: loaded.ok ? 'change' : 'leave',
  })
  if (use === 'leave') throw new GatewayError('cancelled')
  if (use !== 'reset') return { use }
  await mustNotRun(instance, { t, hint })
  const hints = {
    config: t('reset.scope.config'),
    'config+creds+sessions': t('reset.scope.sessions'),
    full: t('reset.scope.full'),
  }
  const scope = await ask.select<ResetScope>({
    message: t('onboard.existing.resetScope'),
    choices: resetScopes.map((value) => ({ value, label: value, hint: hints[value] })),
    initial: 'config',
  })
  return { use, scope }
}

/** Better told now than after all the questions. Throws `lock_held`. */
async function mustNotRun(instance: Instance, { t, hint }: Pick<CommandContext, 't' | 'hint'>): Promise<void> {
  const { runningGateway } = await import('../../service/running.js')
  if (!(await runningGateway(instance))) return
  throw new GatewayError('lock_held', { message: t('onboard.existing.running', { command: hint('gateway stop') }) })
}

/** Few questions or all of them. */
export async function flowStep(ask: Prompter, { t }: CommandContext, { flow }: OnboardFlags): Promise<boolean> {
  if (flow !== undefined) return flow === 'quickstart'
  const chosen = await ask.select<'quickstart' | 'manual'>({
    message: t('onboard.flow.ask'),
    choices: [
      { value: 'quickstart', label: t('onboard.flow.quick'), hint: t('onboard.flow.quickHint') },
      { value: 'manual', label: t('onboard.flow.manual'), hint: t('onboard.flow.manualHint') },
    ],
    initial: 'quickstart',
  })
  return chosen === 'quickstart'
}
