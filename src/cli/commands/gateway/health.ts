import { clientOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { formatBytes, formatDuration } from '../../durations.js'
import { type GatewayView, gatewayJson, viewGateway } from '../../gateway-view.js'
import type { Translate } from '../../messages.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'gateway.health.summary',
  description: 'gateway.health.description',
  options: { ...clientOptions, verbose: { kind: 'flag', text: 'option.unavailable', hidden: true } },
  examples: [{ command: 'health' }, { command: 'gateway health --url wss://gw.example.com --token "$TOKEN" --json' }],
  async run(context, _args, options) {
    const { out, t } = context
    const view = await viewGateway(context, options, { strangersMayLook: false })
    if (view.failure) throw view.failure
    const ok = view.probe?.ready === true
    out.result({ ok, ...gatewayJson(view) }, () => healthLines(view, t))
    return ok ? 0 : 1
  },
})

function healthLines({ client, probe }: GatewayView, t: Translate): string[] {
  if (!probe) return []
  const { details } = probe
  const state = probe.ready ? t('health.ok') : t('health.notReady', { failing: probe.failing.join(', ') || '?' })
  const rows: [string, string | undefined][] = [
    [t('status.address'), client.target.display],
    [t('status.profile'), details.profile],
    [t('status.version'), probe.version],
    [t('status.uptime'), details.uptimeMs === undefined ? undefined : formatDuration(details.uptimeMs)],
    [t('status.memory'), details.memory && formatBytes(details.memory.rssBytes)],
    [t('status.eventLoop'), details.eventLoop && t('status.loopDelay', { ms: details.eventLoop.delayP99Ms })],
    [t('status.turns'), details.turns && String(details.turns.active)],
  ]
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined)
  return [`${state} (${probe.latencyMs} ms)`, ...columns(known, '  ')]
}
