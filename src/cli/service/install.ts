import { resolveInstance } from '../../instance/resolve.js'
import type { Instance } from '../../instance/types.js'
import { type Applied, checkConflict, installService } from '../../service/apply.js'
import { serviceSpec } from '../../service/spec.js'
import type { ServiceManager, ServiceSpec } from '../../service/types.js'
import { setUpProfile } from '../../setup/setup.js'
import type { CommandContext } from '../context.js'
import { type OpenService, usableManager } from './open.js'
import { runningGateway } from './running.js'
import { preflight, startService } from './start.js'
import { installWarnings, type Warning } from './warnings.js'

export interface InstallWish {
  readonly port?: number | undefined
  readonly force: boolean
  readonly allowUnconfigured: boolean
}

export interface Installed {
  readonly manager: ServiceManager
  readonly applied: Applied
  readonly started: Started
  readonly warnings: readonly Warning[]
}

/** Installs the service of the profile and waits until its gateway answers. Throws `service_unavailable` and the like. */
export async function installGateway(
  context: CommandContext,
  service: OpenService,
  { port, force, allowUnconfigured }: InstallWish,
): Promise<Installed> {
  const { instance, host, launcher } = service
  const manager = usableManager(service)
  const spec = serviceSpec({ instance, host, launcher, kind: manager.kind, allowUnconfigured })
  // A running gateway follows its config at once: nothing is changed for an install that is going to be refused.
  await checkConflict(manager, spec, { force })
  // The config holds the port, so that every command and the next start agree on it.
  if (port !== undefined) await setUpProfile(instance, { port })
  await preflight(context, await seenByService(spec, service, context), { allowUnconfigured })
  const applied = await installService(manager, spec, { force })
  const started = await bringUp(service, manager, applied)
  return { manager, applied, started, warnings: await installWarnings(context, service, manager) }
}

/** The instance as the service will see it: a token that only this shell has set does not count there. */
function seenByService(spec: ServiceSpec, { instance, host }: OpenService, { env }: CommandContext): Promise<Instance> {
  const base = host.platform === 'win32' ? env : { HOME: host.osHome ?? instance.paths.home }
  const { profile } = instance
  return resolveInstance({ flags: { profile }, env: { ...base, ...spec.env }, cwd: spec.workingDirectory })
}

export interface Started {
  readonly result: 'started' | 'restarted' | 'running' | 'outside'
  readonly pid: number
  readonly port: number
}

/** Starts what is installed. A gateway that was started by hand keeps running: ending it is for `restart`. */
async function bringUp(service: OpenService, manager: ServiceManager, { before }: Applied): Promise<Started> {
  const running = await runningGateway(service.instance)
  const { active } = await manager.state()
  const supervised = active === 'running' || active === 'starting'
  if (running && !supervised) return { ...running, result: 'outside' }
  if (running && before === 'same') return { ...running, result: 'running' }
  const action = supervised ? 'restart' : 'start'
  const record = await startService(service, manager, action, running?.instanceId)
  return { ...record, result: supervised ? 'restarted' : 'started' }
}
