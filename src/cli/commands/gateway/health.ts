import type { HealthPayload } from '../../../../schemas/ws/health.js'
import { readGatewayConfig } from '../../../client/gateway-config.js'
import { configSource } from '../../../config/source.js'
import { clientOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { formatBytes, formatDuration } from '../../durations.js'
import { type GatewayLook, gatewayJson, lookAtGateway } from '../../gateway-look.js'
import { readHealth } from '../../gateway-snapshot.js'
import { healthRows } from '../../health-rows.js'
import type { Translate } from '../../messages.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'gateway.health.summary',
  description: 'gateway.health.description',
  options: { ...clientOptions, verbose: { kind: 'flag', text: 'option.unavailable', hidden: true } },
  examples: [{ command: 'health' }, { command: 'gateway health --url wss://gw.example.com --token "$TOKEN" --json' }],
  async run(context, _args, options) {
    const { out, t } = context
    const config = await readGatewayConfig(configSource(await context.instance()))
    const look = await lookAtGateway(context, config, options, { strangersMayLook: false })
    if (look.failure) throw look.failure
    const health = look.probe?.ready ? await readHealth(look, options.timeout) : undefined
    const ok = look.probe?.ready === true
    out.result({ ...gatewayJson(look), ...health, ok }, () => healthLines(look, health, t))
    return ok ? 0 : 1
  },
})

function healthLines({ client, probe }: GatewayLook, health: HealthPayload | undefined, t: Translate): string[] {
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
  return [`${state} (${probe.latencyMs} ms)`, ...columns([...known, ...(health ? healthRows(health, t) : [])], '  ')]
}
