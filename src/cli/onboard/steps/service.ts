import { GatewayError } from '../../../kernel/errors.js'
import type { CommandContext } from '../../context.js'
import type { Prompter } from '../../prompts/types.js'
import type { OnboardFlags } from '../options.js'

export interface ServiceOutcome {
  readonly kind: 'service' | 'background' | 'none'
  readonly name?: string
  readonly pid?: number
  readonly port?: number
}

const none: ServiceOutcome = { kind: 'none' }

/**
 * Makes the gateway start by itself, where the user wants it: with the service manager, else in the background. The
 * config is written by now; a failure is told and leaves it as it is.
 */
export async function serviceStep(
  ask: Prompter,
  context: CommandContext,
  flags: OnboardFlags,
): Promise<ServiceOutcome> {
  if (flags.noInstallDaemon || flags.skipDaemon) return none
  const { t } = context
  const { serviceOf } = await import('../../service/open.js')
  const service = await serviceOf(context)
  const usable = service.manager !== undefined && service.missing === undefined
  const { runningGateway } = await import('../../service/running.js')
  const running = await runningGateway(service.instance)
  if (!usable) {
    ask.say('info', t('onboard.service.none'))
    if (running) return none
    if (!flags.installDaemon && !(await ask.confirm({ message: t('onboard.service.background'), initial: true })))
      return none
    const { startPlain } = await import('../../service/start.js')
    return attempt(ask, context, async () => {
      const { pid, port } = await startPlain(context, service)
      return { kind: 'background', pid, port }
    })
  }
  const message = t('onboard.service.ask', { title: service.manager?.title ?? '' })
  if (!flags.installDaemon && !(await ask.confirm({ message, initial: true }))) return none
  return attempt(ask, context, () => install(context))
}

/** Installs and starts the service. Throws `service_unavailable`, `service_conflict` or `service_failed`. */
export async function install(context: CommandContext): Promise<ServiceOutcome> {
  const [{ serviceOf }, { installGateway }] = await Promise.all([
    import('../../service/open.js'),
    import('../../service/install.js'),
  ])
  const wish = { force: false, allowUnconfigured: false }
  const { manager, started } = await installGateway(context, await serviceOf(context), wish)
  return { kind: 'service', name: manager.name, pid: started.pid, port: started.port }
}

async function attempt(
  ask: Prompter,
  { t, explain }: CommandContext,
  work: () => Promise<ServiceOutcome>,
): Promise<ServiceOutcome> {
  try {
    const outcome = await ask.wait(t('onboard.service.starting'), work)
    ask.say('done', t('service.answers', { pid: outcome.pid ?? '?', port: outcome.port ?? '?' }))
    return outcome
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'cancelled') throw error
    ask.say('problem', explain(error))
    return none
  }
}
