import { tunnelTitle } from '../../../remote/tunnel/service.js'
import { showSshTarget } from '../../../remote/tunnel/target.js'
import { clientOptions, jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { columns } from '../../text-width.js'
import { readTunnelPlan } from '../../tunnel/plan.js'
import { type TunnelView, viewTunnel } from '../../tunnel/view.js'

export default defineCommand({
  summary: 'tunnel.status.summary',
  description: 'tunnel.status.description',
  options: { timeout: clientOptions.timeout, ...jsonOption },
  examples: [{ command: 'tunnel status' }, { command: 'tunnel status --json' }],
  async run(context, _args, { timeout }) {
    const { out, hint, t } = context
    const view = await viewTunnel(context, await readTunnelPlan(context), { timeout })
    const good = view.probe?.ready === true
    const steps = stepsOf(view)
    out.result({ ok: good, ...json(view), next: steps.map(hint) }, () => [
      ...columns(rows(view, context)),
      ...(view.failure ? ['', `${out.style('!', 'red')} ${context.explain(view.failure)}`] : []),
      ...(steps.length > 0 ? ['', ...steps.map((step) => t('failure.try', { command: hint(step) }))] : []),
    ])
    return good ? 0 : 1
  },
})

function json({ plan, service, installed, state, run, listening, probe, failure }: TunnelView) {
  return {
    target: showSshTarget(plan.target),
    localPort: plan.localPort,
    remotePort: plan.remotePort,
    hostKeyPolicy: plan.hostKeys,
    service: {
      manager: service.manager?.kind ?? 'none',
      name: service.manager?.name,
      file: service.manager?.paths[0],
      usable: service.manager !== undefined && service.missing === undefined,
      installed,
      state,
    },
    run,
    listening,
    gateway: {
      reachable: probe !== undefined,
      ready: probe?.ready ?? false,
      ...(probe && { latencyMs: probe.latencyMs, instanceId: probe.instanceId, version: probe.version }),
      ...(failure && { error: { kind: failure.details?.kind, message: failure.message } }),
    },
  }
}

function rows(view: TunnelView, { out, t }: CommandContext): string[][] {
  const { plan, service, installed, state, run, listening, probe } = view
  const kept =
    installed === 'no'
      ? t('tunnel.status.notInstalled')
      : installed === 'other'
        ? t('tunnel.status.other')
        : `${service.manager?.name} (${state?.active ?? t('service.status.noSession')})`
  const gateway = probe
    ? [
        out.style(probe.ready ? t('status.running') : t('status.starting'), probe.ready ? 'green' : 'yellow'),
        `${probe.latencyMs} ms`,
        probe.version,
      ]
    : [out.style(t('status.unreachable'), 'red')]
  return [
    [t('tunnel.status.tunnel'), tunnelTitle(plan)],
    [t('tunnel.status.service'), kept],
    ...(run ? [[t('tunnel.status.run'), `pid ${run.pid}, ${run.state}${run.why ? `: ${run.why}` : ''}`]] : []),
    [t('tunnel.status.localEnd'), listening ? t('tunnel.status.open') : t('tunnel.status.closed')],
    [t('status.gateway'), gateway.filter(Boolean).join(' · ')],
  ]
}

/** What to run next; nothing when the gateway answers. */
function stepsOf({ probe, installed, service, state, listening, run }: TunnelView): string[] {
  if (probe) return []
  if (listening) return ['connect doctor']
  if (installed === 'own') return state?.active === 'running' ? ['tunnel run'] : ['tunnel restart']
  if (run) return []
  return [service.manager && service.missing === undefined ? 'tunnel install' : 'tunnel run']
}
