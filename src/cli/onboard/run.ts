import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Instance } from '../../instance/types.js'
import { systemClock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import type { OnboardAnswers } from '../../setup/onboard/answers.js'
import { withModel } from '../../setup/onboard/edits.js'
import type { LiveTest } from '../../setup/onboard/live-test.js'
import { onboardProfile } from '../../setup/onboard/onboard.js'
import { configInvalid } from '../config-issues.js'
import type { CommandContext } from '../context.js'
import { openPrompter } from '../prompts/open.js'
import { usageError } from '../usage.js'
import { answersOfFlags, checkChoice, shellTokenIgnored } from './answers.js'
import { askAll } from './flow.js'
import type { OnboardFlags } from './options.js'
import { type Done, showDone } from './report.js'
import { install, type ServiceOutcome, serviceStep } from './steps/service.js'

/** The whole of `onboard`, asking or not. Gives the exit code. */
export async function runOnboard(context: CommandContext, flags: OnboardFlags): Promise<number> {
  checkChoice(flags, context)
  const instance = await context.instance()
  if (instance.settings.readOnlyConfig)
    throw new GatewayError('config_write_rejected', { message: context.t('onboard.readOnly') })
  const ask = flags.nonInteractive ? undefined : await openPrompter(context)
  if (!ask) return withoutQuestions(context, instance, flags)
  const { answers, reset } = await askAll(ask, context, instance, flags)
  const result = await onboardProfile(instance, answers, reset)
  ask.say('done', context.t('onboard.written', { path: result.config }))
  const service = result.mode === 'local' ? await serviceStep(ask, context, flags) : { kind: 'none' as const }
  return showDone({ context, flags, instance, result, service, test: undefined, ignored: undefined, ask })
}

async function withoutQuestions(context: CommandContext, instance: Instance, flags: OnboardFlags): Promise<number> {
  const { t } = context
  if (!flags.nonInteractive) throw usageError(t('onboard.needsTerminal'), 'onboard --non-interactive --accept-risk')
  if (!flags.acceptRisk) throw new GatewayError('risk_not_accepted')
  const reset = flags.reset ? (flags.resetScope ?? 'config+creds+sessions') : undefined
  const loaded = await loadConfig(configSource(instance))
  if (!loaded.ok && !reset) throw configInvalid(instance.paths.config, loaded.issues, t)
  const config = loaded.ok && !reset ? loaded.config : {}
  const env = loaded.ok ? loaded.env : instance.env
  const given = answersOfFlags(flags, { config, env }, context)
  const ignored = shellTokenIgnored(instance, config, given)
  const answers: OnboardAnswers = { ...given, ownToken: true }
  const test =
    flags.testModel && answers.model
      ? await mustAnswer(config, answers.model, env, t('onboard.test.question'))
      : undefined
  const result = await onboardProfile(instance, answers, reset)
  const service: ServiceOutcome = flags.installDaemon ? await mustInstall(context, result.config) : { kind: 'none' }
  const done: Done = { context, flags, instance, result, service, test, ignored, ask: undefined }
  return showDone(done)
}

/** The config is written by now; an error of the service says so. */
async function mustInstall(context: CommandContext, path: string): Promise<ServiceOutcome> {
  try {
    return await install(context)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { code, message, details } = error
    throw new GatewayError(code, { message, details: { ...details, configWritten: path }, cause: error })
  }
}

/** Throws `model_test_failed`; nothing is written then. */
async function mustAnswer(
  config: Parameters<typeof withModel>[0],
  model: NonNullable<OnboardAnswers['model']>,
  env: Instance['env'],
  question: string,
): Promise<LiveTest> {
  const { testModel } = await import('../../setup/onboard/live-test.js')
  const ref = `${model.provider}/${model.model}`
  const test = await testModel(withModel(config, model), ref, env, { clock: systemClock, question })
  if (test.ok) return test
  throw new GatewayError('model_test_failed', {
    message: `The model ${ref} did not answer: ${test.reason} Nothing was changed.`,
    details: { model: ref, class: test.class },
  })
}
