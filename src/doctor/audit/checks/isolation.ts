import { checkIsolation } from '../../isolation/check.js'
import { type AuditCheck, finding } from '../types.js'

/** What this profile shares with another gateway of the host. */
const check: AuditCheck = async ({ instance }) => {
  const { findings } = await checkIsolation(instance, [])
  const own = findings.filter(
    ({ severity, profiles }) => severity === 'violation' && profiles.includes(instance.profile),
  )
  return own.map(({ kind, profiles, shown, fix }) =>
    finding(
      `isolation.shared_${kind.replaceAll('-', '_')}`,
      'critical',
      'Two gateways share something',
      `${profiles.join(' and ')} share ${kind}: ${shown}.`,
      `Change one of: ${fix.join('; ')}. See: openclaw isolation check`,
    ),
  )
}

export default check
