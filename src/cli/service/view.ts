import type { ServiceView } from '../../service/view.js'
import type { CommandContext } from '../context.js'

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
