import { GatewayError } from '../../kernel/errors.js'
import { openTunnelService } from '../../remote/tunnel/open-service.js'
import type { ServiceManager } from '../../service/types.js'
import type { CommandContext } from '../context.js'
import { serviceOf } from './open.js'

/** A definition that a service manager has under the name that this profile uses. */
export interface InstalledService {
  readonly what: 'gateway' | 'tunnel'
  readonly manager: ServiceManager
  readonly owner: string
}

/** What is installed for this profile: its gateway, its tunnel. Throws `service_unavailable` where nobody can be asked. */
export async function installedServices(context: CommandContext): Promise<InstalledService[]> {
  const gateway = await serviceOf(context)
  const tunnel = await openTunnelService(gateway.instance, context.env)
  const found: InstalledService[] = []
  for (const [what, { manager, missing, owner }] of [['gateway', gateway] as const, ['tunnel', tunnel] as const]) {
    if (!manager || (await manager.installed()) === undefined) continue
    if (missing !== undefined) {
      const values = { name: manager.name, uid: String(gateway.host.uid ?? '') }
      throw new GatewayError('service_unavailable', { details: { kind: 'installed', values } })
    }
    found.push({ what, manager, owner })
  }
  return found
}
