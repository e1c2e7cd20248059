import { readHost } from '../../instance/host.js'
import type { Env, Instance } from '../../instance/types.js'
import type { Missing } from '../../service/find.js'
import { ownerOf } from '../../service/owner.js'
import { systemRun } from '../../service/run.js'
import type { ServiceManager } from '../../service/types.js'
import { findProgram } from '../find-program.js'
import { tunnelManager } from './service.js'

export interface TunnelService {
  readonly instance: Instance
  readonly manager: ServiceManager | undefined
  readonly missing: Missing | undefined
  readonly owner: string
  readonly uid: number | undefined
}

/** The service that keeps the tunnel of a profile, whether it is installed or not. Changes nothing; never rejects. */
export async function openTunnelService(instance: Instance, env: Env): Promise<TunnelService> {
  const host = readHost(env)
  const found = await tunnelManager(instance, host, systemRun(env))
  return { ...found, instance, owner: ownerOf(instance.profile, instance.paths.config), uid: host.uid }
}

/** The path of the OpenSSH client. */
export function findSsh(env: Env): Promise<string | undefined> {
  return findProgram('ssh', env, ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'])
}
