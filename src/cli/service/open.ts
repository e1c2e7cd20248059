import { GatewayError } from '../../kernel/errors.js'
import { isOwn } from '../../service/apply.js'
import { type OpenService, openService } from '../../service/open.js'
import type { ServiceManager } from '../../service/types.js'
import type { CommandContext } from '../context.js'

export type { OpenService } from '../../service/open.js'

/** The service of the profile that the command is about. */
export async function serviceOf(context: CommandContext): Promise<OpenService> {
  return openService(await context.instance(), context.env)
}

/** The manager. Throws `service_unavailable` where there is none, or where this shell has no session with it. */
export function usableManager({ manager, missing }: OpenService): ServiceManager {
  if (manager && missing === undefined) return manager
  throw new GatewayError('service_unavailable', { details: { kind: missing ?? 'none' } })
}

/**
 * The manager, when this gateway is installed with it. Throws `service_unavailable` when it is installed and its
 * manager cannot be asked: a second starter beside it is nobody's wish.
 */
export async function installedManager(service: OpenService): Promise<ServiceManager | undefined> {
  const { manager, missing, owner, host } = service
  if (!manager || !(await isOwn(manager, owner))) return undefined
  if (missing === undefined) return manager
  throw new GatewayError('service_unavailable', {
    details: { kind: 'installed', values: { name: manager.name, uid: String(host.uid ?? '') } },
  })
}
