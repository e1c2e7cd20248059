import type { ConfigIssue, ValidConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { readProfiles } from './profiles.js'
import { checkSpacing } from './spacing.js'

/**
 * For `editConfig`: refuses a new `gateway.port` that meets the ports of another profile of this home. A port that is
 * there already stays editable around: doctor and isolation check name it.
 */
export function ownPort(instance: Instance): (after: ValidConfig) => Promise<readonly Omit<ConfigIssue, 'file'>[]> {
  return async ({ config }) => {
    const port = config.gateway?.port
    if (port === undefined) return []
    const profiles = await readProfiles(instance)
    if (profiles.find(({ current }) => current)?.port === port) return []
    const problem = checkSpacing(
      port,
      profiles.filter(({ current }) => !current),
    )
    if (problem?.verdict !== 'refused') return []
    const { neighbour, distance, suggestion } = problem
    const where = `Port ${port} is ${distance} away from port ${neighbour.port} of the profile "${neighbour.profile}"`
    return [{ path: 'gateway.port', message: `${where}. Take ${suggestion}.` }]
  }
}
