import { GatewayError } from '../../kernel/errors.js'
import type { TunnelService } from '../../remote/tunnel/open-service.js'
import type { ServiceManager } from '../../service/types.js'

/** The manager. Throws `service_unavailable`, which names what to do without one. */
export function usableTunnelManager({ manager, missing, uid }: TunnelService): ServiceManager {
  if (manager && missing === undefined) return manager
  if (manager && missing === 'no_session') {
    const values = { name: manager.name, uid: String(uid ?? '') }
    throw new GatewayError('service_unavailable', { details: { kind: 'session', values, next: 'tunnel run' } })
  }
  throw new GatewayError('service_unavailable', { details: { kind: 'tunnel', next: 'tunnel run' } })
}
