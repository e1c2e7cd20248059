import { systemClock } from '../../kernel/clock.js'
import { Stop } from '../../kernel/stop.js'
import { collectReferences, holdsReference } from '../../secrets/collect.js'
import { failureIn } from '../../secrets/failure.js'
import type { ExecProvider } from '../../secrets/types.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

/** Variables and files are read; programs are looked at and never started: they may ask a person. */
const check: DoctorCheck = {
  title: 'Secrets',
  needsConfig: true,
  async run({ instance, loaded, config }) {
    if (!loaded.ok || !holdsReference(config)) return []
    const { home } = instance.paths
    const { active } = collectReferences(config)
    const [{ resolveAll }, { nextSnapshot, emptySnapshot }, { trustedCommand }] = await Promise.all([
      import('../../secrets/resolve.js'),
      import('../../secrets/snapshot.js'),
      import('../../secrets/providers/command-file.js'),
    ])
    const read = active.filter(({ ref }) => ref.source !== 'exec')
    const context = { env: loaded.env, home, clock: systemClock, signal: new Stop() }
    const outcomes = await resolveAll(
      read.map(({ ref }) => ref),
      config.secrets,
      context,
    )
    const { uses } = nextSnapshot(emptySnapshot, read, outcomes, config.secrets, 0)
    const findings = uses.flatMap(({ path, owner, failure }): DoctorFinding[] => {
      if (!failure) return []
      const severity = owner === 'gateway:ingress-auth' ? ('error' as const) : ('warning' as const)
      return [{ severity, message: `${failure.code}: ${failure.message}`, path, next: 'secrets audit' }]
    })
    const programs = Object.entries(config.secrets?.providers ?? {}).filter(([, one]) => one?.source === 'exec')
    for (const [alias, provider] of programs) {
      const failure = await trustedCommand(alias, provider as ExecProvider, home).then(() => undefined, failureIn)
      if (!failure) continue
      const used = active.some(({ ref }) => ref.source === 'exec' && ref.provider === alias)
      const path = `secrets.providers.${alias}.command`
      findings.push({ severity: used ? 'error' : 'warning', message: failure.message, path })
    }
    return findings
  },
}

export default check
