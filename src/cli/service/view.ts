import { type Standing, standingOf } from '../../service/apply.js'
import { serviceSpec } from '../../service/spec.js'
import type { ManagerKind, ServiceState } from '../../service/types.js'
import type { CommandContext } from '../context.js'
import type { OpenService } from './open.js'

/** What `gateway status` says of the service. */
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

/** `Service: systemd (openclaw-gateway.service, enabled, running)`; the first word is that of the official tool. */
export function serviceLines(view: ServiceView, { t, hint }: Pick<CommandContext, 't' | 'hint'>): string[] {
  const { manager, reachable, name, installed, state } = view
  if (installed === 'no') {
    const why = reachable ? t('service.status.notInstalled') : t('service.status.noManager')
    return [`Service: ${reachable ? manager : 'none'} (${why})`]
  }
  const enabled = state?.enabled === undefined ? [] : [state.enabled ? 'enabled' : 'disabled']
  const facts = [name, ...enabled, reachable ? state?.active : t('service.status.noSession')].filter(Boolean)
  const remark = {
    own: undefined,
    differs: t('service.status.differs', { command: hint('gateway install --force') }),
    other: t('service.status.other'),
    foreign: t('service.status.foreign'),
  }[installed]
  return [`Service: ${manager} (${facts.join(', ')})`, ...(remark ? [`  ${remark}`] : [])]
}
