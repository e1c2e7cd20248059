import { openService } from '../../service/open.js'
import { outputFile } from '../../service/spec.js'
import { viewService } from '../../service/view.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const renew = 'gateway install --force'

/** Of the service of this profile; to have none is fine, and that of another one is not ours to judge. */
const check: DoctorCheck = {
  title: 'Service',
  async run({ instance }) {
    const service = await openService(instance, instance.env)
    const { manager, missing, launcher } = service
    // Side by side: each is a command of the system.
    const [{ installed, state, file }, endsWithSession] = await Promise.all([
      viewService(service),
      missing === undefined && manager?.kind === 'systemd' && manager.endsWithSession(),
    ])
    if (!manager || installed === 'no' || installed === 'other') return []
    const place = file === undefined ? {} : { path: file }
    if (installed === 'foreign') {
      const message = `${manager.name} was not made by "gateway install"; its limits and its profile are not known.`
      return [{ severity: 'info', message, ...place, next: 'gateway install --dry-run' }]
    }
    const findings: DoctorFinding[] = []
    if (installed === 'differs') {
      const message = `${manager.name} is not what would be installed now: another Node, another version, or edited by hand.`
      findings.push({ severity: 'warning', message, ...place, next: renew })
    }
    for (const { path } of launcher.warnings) {
      findings.push({
        severity: 'info',
        message: `The service runs ${path}, which an upgrade may take away.`,
        next: renew,
      })
    }
    if (state?.active === 'failed') {
      const logs = manager.logs(outputFile(instance))
      const message = `${manager.name} has failed (last exit code ${state.lastExit ?? '?'}). To see why: ${logs}`
      findings.push({ severity: 'error', message, next: 'gateway start' })
    }
    if (endsWithSession === true) {
      findings.push({ severity: 'warning', message: 'The service ends when you log out. Run: loginctl enable-linger' })
    }
    return findings
  },
}

export default check
