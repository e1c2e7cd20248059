import { readProfiles } from '../../setup/profiles.js'
import { checkSpacing } from '../../setup/spacing.js'
import type { DoctorCheck } from '../types.js'

const check: DoctorCheck = {
  title: 'Ports',
  async run({ instance }) {
    const profiles = await readProfiles(instance)
    const own = profiles.find(({ current }) => current)
    if (!own) return []
    const problem = checkSpacing(
      own.port,
      profiles.filter((one) => one !== own),
    )
    if (!problem) return []
    const { verdict, neighbour, distance, suggestion } = problem
    const where = `Port ${own.port} is ${distance} away from port ${neighbour.port} of the profile "${neighbour.profile}".`
    const next = `config set gateway.port ${suggestion}`
    if (verdict === 'refused') return [{ severity: 'error', message: where, path: 'gateway.port', next }]
    return [{ severity: 'info', message: `${where} Their browser ports overlap and are checked before use.`, next }]
  },
}

export default check
