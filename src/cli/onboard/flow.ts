import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Instance } from '../../instance/types.js'
import type { OnboardAnswers } from '../../setup/onboard/answers.js'
import type { ResetScope } from '../../setup/removal/types.js'
import type { CommandContext } from '../context.js'
import type { Prompter } from '../prompts/types.js'
import { answersOfFlags } from './answers.js'
import type { OnboardFlags } from './options.js'
import { channelsStep } from './steps/channels.js'
import { modelStep } from './steps/model.js'
import { authStep, bindStep, endpointsStep, portStep, tailscaleStep } from './steps/network.js'
import { modeStep, remoteStep, workspaceStep } from './steps/place.js'
import { existingStep, flowStep, securityStep } from './steps/start.js'
import type { Wizard } from './wizard.js'

export interface Asked {
  readonly answers: OnboardAnswers
  readonly reset: ResetScope | undefined
}

/**
 * The questions of onboarding, in order. Nothing is written here: leaving at any of them leaves everything as it was.
 * Throws `cancelled`.
 */
export async function askAll(
  ask: Prompter,
  context: CommandContext,
  instance: Instance,
  flags: OnboardFlags,
): Promise<Asked> {
  const { t } = context
  ask.intro(t('onboard.title', { profile: instance.profile }))
  await securityStep(ask, context, flags)
  const loaded = await loadConfig(configSource(instance))
  const existing = await existingStep(ask, context, { instance, loaded, flags })
  if (existing.use === 'keep') return { answers: {}, reset: undefined }
  const reset = existing.use === 'reset' ? existing.scope : undefined
  const config = loaded.ok && reset === undefined ? loaded.config : {}
  const env = loaded.ok ? loaded.env : instance.env
  const given = answersOfFlags(flags, { config, env }, context)
  const quick = await flowStep(ask, context, flags)
  const wizard: Wizard = { ask, context, instance, config, env, flags, quick }
  const mode = await modeStep(wizard)
  if (mode === 'remote') return { answers: { ...given, ...(await remoteStep(wizard)) }, reset }
  return { answers: { ...given, mode, ...(await localSteps(wizard, given)) }, reset }
}

async function localSteps(wizard: Wizard, given: OnboardAnswers): Promise<OnboardAnswers> {
  const workspace = await workspaceStep(wizard)
  const model = await modelStep(wizard, given.model)
  const port = await portStep(wizard)
  const bind = await bindStep(wizard)
  const auth = await authStep(wizard)
  const tailscale = await tailscaleStep(wizard, wizard.flags.bind ?? bind.bind)
  const endpoints = await endpointsStep(wizard)
  const channels = await channelsStep(wizard)
  return {
    ...(workspace !== undefined && { workspace }),
    ...(model && { model }),
    ...(port !== undefined && { port }),
    ...bind,
    ...auth,
    ...tailscale,
    ...endpoints,
    channels,
  }
}
