import { planPorts } from '../instance/ports.js'
import type { Instance, PortSource } from '../instance/types.js'
import type { GatewayView } from './gateway-view.js'

/** The port that the profile uses now, or would use at its next start. */
export function portOf({ instance, config, client, probe }: GatewayView): {
  port: number
  source: PortSource | 'live'
} {
  const { base, source } = planPorts(instance, config.gateway?.port)
  const live = probe?.identity === 'verified' ? client.record?.port : undefined
  return live === undefined || live === base ? { port: base, source } : { port: live, source: 'live' }
}

/** The bind mode as far as it can be told without starting (spec/config.md 3.1). */
export function bindModeOf({ instance, config }: { instance: Instance; config: GatewayView['config'] }): string {
  const { bind, tailscale } = config.gateway ?? {}
  if (bind !== undefined) return bind
  if (tailscale?.mode !== undefined && tailscale.mode !== 'off') return 'loopback'
  return instance.settings.bind ?? (instance.settings.inContainer ? 'auto' : 'loopback')
}
