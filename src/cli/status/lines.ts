import { agentRoster } from '../../agents/select.js'
import { modelForAgent } from '../../models/selection.js'
import { portOf } from '../config-facts.js'
import type { CommandContext } from '../context.js'
import { formatDuration } from '../durations.js'
import type { GreetedView, Greeting } from '../gateway-greeting.js'
import { gatewayJson } from '../gateway-look.js'
import type { GatewayView } from '../gateway-view.js'
import type { Translate } from '../messages.js'
import { columns } from '../text-width.js'
import { remoteFacts, remoteText } from './remote-facts.js'

function facts({ config, instance }: GatewayView) {
  const roster = agentRoster(config)
  const model = modelForAgent(config, roster.defaultId)
  const workspace = config.agents?.defaults?.workspace ?? instance.paths.workspace
  return { roster, model, workspace }
}

/** The state of a profile and its gateway for programs. */
export function statusJson(view: GreetedView) {
  const { instance, loaded, client, config, greeting } = view
  const { hello, status } = greeting
  const remote = remoteFacts(view)
  const { roster, model, workspace } = facts(view)
  const plan = portOf(view)
  return {
    version: instance.version,
    profile: instance.profile,
    mode: config.gateway?.mode,
    config: {
      path: instance.paths.config,
      exists: loaded.exists,
      valid: loaded.ok,
      issues: loaded.ok ? [] : loaded.issues,
    },
    port: plan.port,
    portSource: plan.source,
    ...(remote && { remote }),
    ...(client.pin && { tls: { fingerprint: client.pin } }),
    gateway: { ...gatewayJson(view), ...(client.record && !remote && { pid: client.record.pid }) },
    ...(hello && {
      auth: { role: hello.auth.role, scopes: hello.auth.scopes },
      sessions: status?.sessions ?? hello.snapshot.health.sessions,
      presence: hello.snapshot.presence,
    }),
    model: model.primary,
    agents: { defaultId: roster.defaultId, ids: roster.ids },
    workspace,
    state: instance.paths.state,
    logs: instance.paths.logDir,
  }
}

/** The same for people. */
export function statusLines(view: GreetedView, { out, t, explain }: CommandContext): string[] {
  const { instance, loaded, config, client } = view
  const remote = remoteFacts(view)
  const { roster, model, workspace } = facts(view)
  const plan = portOf(view)
  const state = loaded.exists
    ? loaded.ok
      ? out.style(t('status.valid'), 'green')
      : out.style(t('status.issues', { count: loaded.issues.length }), 'red')
    : t('status.missing')
  const rows = [
    [t('status.config'), `${instance.paths.config} (${state})`],
    [t('status.gateway'), gatewayLine(view, out, t)],
    // In remote mode the port of this machine has no gateway.
    remote ? [t('status.remote'), remoteText(remote)] : [t('status.port'), `${plan.port} (${plan.source})`],
    ...(client.pin ? [[t('status.tls'), client.pin]] : []),
    [t('status.mode'), config.gateway?.mode ?? t('status.notSet')],
    [t('status.model'), model.primary],
    [t('status.agents'), roster.ids.map((id) => (id === roster.defaultId ? `${id}*` : id)).join(', ')],
    ...greetingRows(view.greeting, t),
    [t('status.workspace'), workspace],
    [t('status.logs'), instance.paths.logDir],
  ]
  const { probe, failure } = view
  const trouble = [
    ...(failure ? [`${out.style('!', 'red')} ${explain(failure)}`] : []),
    ...(probe?.details.config?.valid === false ? [`${out.style('!', 'yellow')} ${t('status.lastGood')}`] : []),
    ...(probe?.identity === 'different' ? [`${out.style('!', 'yellow')} ${t('status.differentInstance')}`] : []),
  ]
  const heading = out.style(`OpenClaw ${instance.version} · ${t('status.profile')} ${instance.profile}`, 'bold')
  return [heading, '', ...columns(rows), ...(trouble.length > 0 ? ['', ...trouble] : [])]
}

/** What only a running gateway knows. */
function greetingRows({ hello }: Greeting, t: Translate): string[][] {
  if (!hello) return []
  const { health, presence } = hello.snapshot
  return [
    [t('status.access'), hello.auth.scopes.join(', ')],
    ...(health.sessions ? [[t('status.sessions'), String(health.sessions.count)]] : []),
    ...(presence.length > 0 ? [[t('status.connections'), String(presence.length)]] : []),
  ]
}

function gatewayLine({ client, probe }: GatewayView, out: CommandContext['out'], t: CommandContext['t']): string {
  const { display } = client.target
  if (!probe) return `${display} · ${out.style(t('status.unreachable'), 'red')}`
  const { uptimeMs } = probe.details
  const state = probe.ready ? out.style(t('status.running'), 'green') : out.style(t('status.starting'), 'yellow')
  return [
    display,
    `${state} (${probe.latencyMs} ms)`,
    ...(uptimeMs === undefined ? [] : [`${t('status.up')} ${formatDuration(uptimeMs)}`]),
    ...(client.record && probe.identity === 'verified' ? [`pid ${client.record.pid}`] : []),
    ...(probe.version === undefined ? [] : [`v${probe.version}`]),
  ].join(' · ')
}
