import { capabilityOf } from '../../../client/capability.js'
import { issueLine } from '../../../config/issue-line.js'
import { processAge } from '../../../instance/conflict/process-age.js'
import { type ServiceView, viewService } from '../../../service/view.js'
import { clientOptions } from '../../client-options.js'
import { bindModeOf, portOf } from '../../config-facts.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'
import { examineProfile, findingLines, findingRow } from '../../examine-profile.js'
import { type GreetedView, greetView } from '../../gateway-greeting.js'
import { gatewayJson } from '../../gateway-look.js'
import { viewGateway } from '../../gateway-view.js'
import { nextSteps } from '../../next-steps.js'
import { profileTable } from '../../profile-table.js'
import { extraLines, findExtras } from '../../service/extra.js'
import { serviceOf } from '../../service/open.js'
import { serviceLines } from '../../service/view.js'
import { remoteFacts, remoteText } from '../../status/remote-facts.js'

/** A broken file often has one mistake and its followers. */
const shownIssues = 3

export default defineCommand({
  summary: 'gateway.status.summary',
  description: 'gateway.status.description',
  options: {
    ...clientOptions,
    noProbe: { kind: 'flag', text: 'gateway.status.noProbe' },
    requireRpc: { kind: 'flag', text: 'gateway.status.requireRpc' },
    deep: { kind: 'flag', text: 'gateway.status.deep' },
  },
  examples: [{ command: 'gateway status' }, { command: '--profile rescue gateway status --deep' }],
  async run(context, _args, options) {
    const { out, t, hint } = context
    const opened = serviceOf(context)
    const [view, service, others, extras, checks] = await Promise.all([
      viewGateway(context, options, { ask: !options.noProbe }).then((found) => greetView(found, options.timeout)),
      opened.then(viewService),
      options.deep ? profileTable(context) : undefined,
      options.deep ? opened.then(findExtras) : undefined,
      options.deep ? examineProfile(context, false) : [],
    ])
    const hung = await hungPid(view)
    const problems = checks.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'info'))
    const asked = view.probe?.ready === true && !view.failure
    const good = view.loaded.ok && (options.noProbe ? !options.requireRpc : asked)
    const steps = stepsOf(view, service, !options.noProbe, hung)
    const deep = {
      ...(others && { profiles: others.rows }),
      ...(extras && { extraServices: extras }),
      ...(options.deep && {
        findings: checks.flatMap(({ id, findings }) => findings.map((one) => findingRow(id, one))),
      }),
    }
    out.result({ ok: good, ...statusJson(view, service, hung), ...deep, next: steps.map(hint) }, () => [
      ...serviceLines(service, context),
      ...extraLines(extras ?? [], context),
      ...statusLines(view, context, !options.noProbe, hung),
      ...(others ? ['', ...others.lines] : []),
      ...(problems.length > 0 ? ['', ...problems.flatMap((one) => findingLines(context, one))] : []),
      ...(steps.length > 0 ? ['', ...steps.map((step) => t('failure.try', { command: hint(step) }))] : []),
    ])
    return good ? 0 : 1
  },
})

/** A service that is installed is started as one. */
function stepsOf(view: GreetedView, { installed, state }: ServiceView, probed: boolean, hung?: number): string[] {
  const steps = hung === undefined ? nextSteps(view, { probed }) : ['gateway restart']
  const down = !view.probe && view.failure?.details?.kind === 'refused' && state !== undefined
  const better = down ? steps.map((step) => (step === 'gateway run' ? 'gateway start' : step)) : steps
  return installed === 'differs' ? [...better, 'gateway install --force'] : better
}

/** The process of this profile's gateway when it is there and does not answer. */
async function hungPid({ client: { record, target }, failure }: GreetedView): Promise<number | undefined> {
  if (!record || target.source !== 'local' || failure?.details?.kind !== 'timeout') return undefined
  return (await processAge(record.pid)) === undefined ? undefined : record.pid
}

function statusJson(view: GreetedView, service: ServiceView, hung: number | undefined) {
  const { instance, loaded, client, probe, failure, greeting } = view
  const { auth, server } = greeting.hello ?? {}
  const gateway = gatewayJson(view)
  const remote = remoteFacts(view)
  const plan = portOf(view)
  return {
    cli: { version: instance.version },
    profile: instance.profile,
    logFile: `${instance.paths.logDir}/${instance.paths.logPrefix}-<date>.log`,
    service,
    config: { cli: { path: instance.paths.config, exists: loaded.exists, valid: loaded.ok } },
    ...(remote && { remote }),
    gateway: { bindMode: bindModeOf(view), port: plan.port, portSource: plan.source, ...gateway },
    runtime: {
      status: probe ? 'running' : hung === undefined ? 'stopped' : 'hung',
      ...(client.record && !remote && { pid: client.record.pid }),
    },
    rpc: {
      ok: probe !== undefined && !failure,
      url: client.target.display,
      capability: capabilityOf(greeting.hello),
      ...(auth && { auth: { role: auth.role, scopes: auth.scopes, method: auth.method }, server }),
      ...(failure && { error: failure.message, kind: failure.details?.kind }),
    },
  }
}

/** The words in front of the colons are those of the official tool: scripts look for them. */
function statusLines(
  view: GreetedView,
  { t, explain }: CommandContext,
  probed: boolean,
  hung: number | undefined,
): string[] {
  const { instance, loaded, client, probe, failure, greeting } = view
  const { config, logDir, logPrefix } = instance.paths
  const plan = portOf(view)
  const remote = remoteFacts(view)
  const state = loaded.exists ? (loaded.ok ? t('status.valid') : t('status.invalid')) : t('status.missing')
  const pid = client.record && probe?.identity === 'verified' ? ` (pid ${client.record.pid})` : ''
  const uptime =
    probe?.details.uptimeMs === undefined ? '' : `, ${t('status.up')} ${formatDuration(probe.details.uptimeMs)}`
  return [
    `File logs: ${logDir}/${logPrefix}-<date>.log`,
    `Config (cli): ${config} (${state})`,
    ...(loaded.ok ? [] : loaded.issues.slice(0, shownIssues).map(issueLine)),
    '',
    `Gateway: bind=${bindModeOf(view)}, port=${plan.port} (${plan.source})`,
    ...(remote ? [`Remote: ${remoteText(remote)}`] : []),
    `Probe target: ${client.target.display}`,
    ...(client.pin ? [`TLS certificate: sha256 ${client.pin}`] : []),
    ...(probe?.version ? [`Gateway version: ${probe.version}`] : []),
    ...(probed
      ? [
          `Runtime: ${probe ? 'running' : hung === undefined ? 'stopped' : `${t('profiles.hung')} (pid ${hung})`}${pid}${uptime}`,
          `RPC probe: ${probe && !failure ? `ok (${probe.latencyMs} ms)` : 'failed'}`,
          ...(greeting.hello ? [`Capability: ${capabilityOf(greeting.hello)}`] : []),
          ...(probe && !probe.ready ? [t('health.notReady', { failing: probe.failing.join(', ') || '?' })] : []),
          ...(failure ? [`  ${explain(failure)}`] : []),
        ]
      : []),
  ]
}
