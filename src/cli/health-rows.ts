import type { HealthPayload } from '../../schemas/ws/health.js'
import { formatDuration } from './durations.js'
import type { Translate } from './messages.js'

type Row = [string, string]

/** Agents and sessions of a running gateway, as label and text. */
export function healthRows({ agents, sessions }: HealthPayload, t: Translate): Row[] {
  const names = agents.map(({ agentId, isDefault }) => (isDefault ? `${agentId}*` : agentId))
  const recent = sessions.recent.map(({ key, age }): Row => {
    return ['', age === null ? key : `${key}  ${t('status.ago', { time: formatDuration(age) })}`]
  })
  return [[t('status.agents'), names.join(', ')], [t('status.sessions'), String(sessions.count)], ...recent]
}
