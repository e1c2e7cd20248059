import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { readHost } from '../../instance/host.js'
import type { Host, Instance } from '../../instance/types.js'
import { codeRoot } from '../../kernel/code-root.js'
import { GatewayError } from '../../kernel/errors.js'
import { isOwn } from '../../service/apply.js'
import { type FoundManager, findManager } from '../../service/find.js'
import { findLauncher, type Launcher } from '../../service/launcher.js'
import { ownerOf } from '../../service/owner.js'
import { systemRun } from '../../service/run.js'
import type { ServiceManager } from '../../service/types.js'
import type { CommandContext } from '../context.js'

/** The service of a profile, whether it is installed or not. */
export interface OpenService extends FoundManager {
  readonly instance: Instance
  readonly host: Host
  readonly launcher: Launcher
  readonly owner: string
}

/** Finds the service manager and what a service of this instance would run. */
export async function openService(context: CommandContext): Promise<OpenService> {
  const instance = await context.instance()
  const host = readHost(context.env)
  const found = await findManager(instance, host, systemRun(context.env))
  const launcher = findLauncher({
    execPath: process.execPath,
    entry: join(codeRoot, 'src', 'bin.js'),
    searchPath: context.env.PATH,
    home: host.osHome ?? instance.paths.home,
    realPath,
  })
  return { ...found, instance, host, launcher, owner: ownerOf(instance.profile, instance.paths.config) }
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
  const { manager, missing, owner } = service
  if (!manager || !(await isOwn(manager, owner))) return undefined
  if (missing === undefined) return manager
  throw new GatewayError('service_unavailable', {
    details: { kind: 'installed', values: { name: manager.name, uid: String(service.host.uid ?? '') } },
  })
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
