import { checkIsolation } from '../isolation/check.js'
import type { DoctorCheck } from '../types.js'

const check: DoctorCheck = {
  title: 'Apart from the other gateways',
  async run({ instance }) {
    const { findings } = await checkIsolation(instance, [])
    const own = findings.filter(
      ({ severity, profiles }) => severity === 'violation' && profiles.includes(instance.profile),
    )
    return own.map(({ kind, profiles, shown, fix }) => ({
      severity: 'error',
      message: `${profiles.join(' and ')} share ${kind}: ${shown}. Change one of: ${fix.join('; ')}.`,
      next: 'isolation check',
    }))
  },
}

export default check
