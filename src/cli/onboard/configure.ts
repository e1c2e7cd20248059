import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import { planPorts } from '../../instance/ports.js'
import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import type { OnboardAnswers } from '../../setup/onboard/answers.js'
import { onboardProfile } from '../../setup/onboard/onboard.js'
import { configInvalid } from '../config-issues.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'
import { openPrompter } from '../prompts/open.js'
import type { Prompter } from '../prompts/types.js'
import { usageError } from '../usage.js'
import { noFlags } from './options.js'
import { channelsStep } from './steps/channels.js'
import { modelStep } from './steps/model.js'
import { authStep, bindStep, endpointsStep, portStep, tailscaleStep } from './steps/network.js'
import { modeStep, remoteStep, workspaceStep } from './steps/place.js'
import { serviceStep } from './steps/service.js'
import type { Wizard } from './wizard.js'

const sections = ['workspace', 'model', 'gateway', 'daemon', 'channels', 'health'] as const
type Section = (typeof sections)[number]
/** Sections of the official tool without a subject here yet. */
const notBuilt = ['web', 'plugins', 'skills']

/** The sections that are named, else those that are chosen until the user is done. Gives the exit code. */
export async function runConfigure(context: CommandContext, named: string | undefined): Promise<number> {
  const { t } = context
  const wanted = (named ?? '').split(',').flatMap((name) => (name.trim() ? [sectionOf(name.trim(), context)] : []))
  if (context.out.json) return overview(context)
  const ask = await openPrompter(context)
  if (!ask) throw usageError(t('configure.needsTerminal'), 'config set --help')
  const instance = await context.instance()
  if (instance.settings.readOnlyConfig) {
    throw new GatewayError('config_write_rejected', { message: t('onboard.readOnly') })
  }
  ask.intro(t('configure.title', { profile: instance.profile }))
  for (const section of wanted) await runSection(section, ask, context, instance)
  if (wanted.length === 0) await chooseSections(ask, context, instance)
  ask.outro(t('configure.done'))
  return 0
}

/** For programs: the sections and what they hold now. Secrets are only said to be there. */
async function overview(context: CommandContext): Promise<number> {
  const { instance, config } = await localConfig(context)
  const { gateway, agents, channels = {} } = config
  const auth = gateway?.auth
  const secret = (value: unknown) => value !== undefined
  const values = {
    workspace: agents?.defaults?.workspace ?? instance.paths.workspace,
    model: agents?.defaults?.model,
    gateway: {
      mode: gateway?.mode,
      port: planPorts(instance, gateway?.port).base,
      bind: gateway?.bind ?? 'loopback',
      auth: { mode: auth?.mode, token: secret(auth?.token), password: secret(auth?.password) },
      tailscale: gateway?.tailscale?.mode ?? 'off',
    },
    channels: Object.keys(channels).filter((name) => name !== 'defaults'),
  }
  context.out.result({ ok: true, path: instance.paths.config, sections, values }, () => [])
  return 0
}

function sectionOf(name: string, { t }: CommandContext): Section {
  const found = sections.find((section) => section === name)
  if (found) return found
  if (notBuilt.includes(name)) throw usageError(t('configure.notBuilt', { name }), 'configure')
  throw usageError(t('configure.unknown', { name, names: sections.join(', ') }), 'configure --help')
}

async function chooseSections(ask: Prompter, context: CommandContext, instance: Instance): Promise<void> {
  const { t } = context
  const hints = {
    workspace: t('configure.section.workspace'),
    model: t('configure.section.model'),
    gateway: t('configure.section.gateway'),
    daemon: t('configure.section.daemon'),
    channels: t('configure.section.channels'),
    health: t('configure.section.health'),
  }
  const choices = [
    ...sections.map((value) => ({ value, label: value, hint: hints[value] })),
    { value: 'done' as const, label: t('configure.done') },
  ]
  let message = t('configure.which')
  for (;;) {
    const chosen = await ask.select<Section | 'done'>({ message, choices })
    if (chosen === 'done') return
    await runSection(chosen, ask, context, instance)
    message = t('configure.more')
  }
}

/** Asks one section and writes it; the next one sees what this one wrote. */
async function runSection(section: Section, ask: Prompter, context: CommandContext, instance: Instance): Promise<void> {
  const { t } = context
  const loaded = await loadConfig(configSource(instance))
  if (!loaded.ok) throw configInvalid(instance.paths.config, loaded.issues, t)
  const { config, env } = loaded
  const wizard: Wizard = { ask, context, instance, config, env, flags: noFlags(), quick: false }
  if (section === 'daemon') {
    await serviceStep(ask, context, wizard.flags)
    return
  }
  if (section === 'health') return showHealth(wizard)
  const answers = await answersOf(section, wizard)
  const { changed } = await onboardProfile(instance, answers)
  if (changed.length === 0) ask.say('info', t('configure.nothing'))
  else ask.say('done', t('configure.changed', { paths: changed.join(', ') }))
}

async function answersOf(section: Exclude<Section, 'daemon' | 'health'>, wizard: Wizard): Promise<OnboardAnswers> {
  if (section === 'workspace') {
    const workspace = await workspaceStep(wizard)
    return workspace === undefined ? {} : { workspace }
  }
  if (section === 'model') {
    const model = await modelStep(wizard, undefined)
    return model ? { model } : {}
  }
  if (section === 'channels') return { channels: await channelsStep(wizard) }
  const mode = await modeStep(wizard)
  if (mode === 'remote') return remoteStep(wizard)
  const port = await portStep(wizard)
  const bind = await bindStep(wizard)
  const auth = await authStep(wizard)
  const tailscale = await tailscaleStep(wizard, bind.bind)
  return { mode, ...(port !== undefined && { port }), ...bind, ...auth, ...tailscale, ...(await endpointsStep(wizard)) }
}

async function showHealth({ ask, context, instance }: Wizard): Promise<void> {
  const { runningGateway } = await import('../service/running.js')
  const record = await runningGateway(instance)
  const { t, hint } = context
  if (record) ask.say('done', t('onboard.health.ok', { url: `${record.scheme}://127.0.0.1:${record.port}` }))
  else ask.say('warning', t('configure.health.down', { command: hint('gateway') }))
}
