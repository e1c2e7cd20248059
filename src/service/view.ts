import { type Standing, standingOf } from './apply.js'
import type { OpenService } from './open.js'
import { serviceSpec } from './spec.js'
import type { ManagerKind, ServiceState } from './types.js'

/** The service as it stands, for `gateway status` and the doctor. */
export interface ServiceView {
  readonly manager: ManagerKind | 'none'
  readonly reachable: boolean
  readonly name: string | undefined
  readonly file: string | undefined
  /** own: as it would be installed now. differs: ours, but of another Node, version or hand. */
  readonly installed: 'no' | 'own' | 'differs' | 'other' | 'foreign'
  readonly state: ServiceState | undefined
}

/** Looks at the service; changes nothing. Never rejects for a manager that cannot be asked. */
export async function viewService({ manager, missing, instance, host, launcher }: OpenService): Promise<ServiceView> {
  if (!manager) {
    return { manager: 'none', reachable: false, name: undefined, file: undefined, installed: 'no', state: undefined }
  }
  const installed = await standing()
  const own = installed === 'own' || installed === 'differs'
  return {
    manager: manager.kind,
    reachable: missing === undefined,
    name: manager.name,
    file: manager.paths[0],
    installed,
    state: own && missing === undefined ? await manager.state() : undefined,
  }

  async function standing(): Promise<ServiceView['installed']> {
    if (!manager) return 'no'
    const text = await manager.installed()
    if (text === undefined) return 'no'
    const words: Record<Standing, ServiceView['installed']> = {
      absent: 'no',
      same: 'own',
      differs: 'differs',
      other: 'other',
      foreign: 'foreign',
    }
    const allowUnconfigured = text.includes('--allow-unconfigured')
    const spec = serviceSpec({ instance, host, launcher, kind: manager.kind, allowUnconfigured })
    return words[await standingOf(manager, spec)]
  }
}
