import { agentRoster } from '../../agents/select.js'
import { toGatewayError } from '../../kernel/errors.js'
import { openCatalog } from '../../models/open-catalog.js'
import { modelForAgent } from '../../models/selection.js'
import { assumeReadable } from '../../secrets/read.js'
import { peekCooldowns } from '../../storage/sqlite/peek-cooldowns.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const check: DoctorCheck = {
  title: 'Models',
  needsConfig: true,
  run({ instance, loaded, config, now }) {
    if (!loaded.ok) return []
    const refused = refusedKeys(instance.paths.database, now)
    const catalog = openCatalog({ config, env: loaded.env, secret: assumeReadable })
    const unknown = agentRoster(config).ids.flatMap((agent): DoctorFinding[] => {
      const { primary, fallbacks } = modelForAgent(config, agent)
      return [primary, ...fallbacks].flatMap((name, index) => {
        try {
          catalog.resolve(name, agent)
          return []
        } catch (thrown) {
          const severity = index === 0 ? ('error' as const) : ('warning' as const)
          const message = `The agent "${agent}" cannot ask ${name}: ${toGatewayError(thrown).message}`
          return [{ severity, message, next: 'models status' }]
        }
      })
    })
    return [...unknown, ...refused]
  },
}

const hour = 3_600_000
const words: Readonly<Record<string, string>> = { auth: 'does not accept the key', billing: 'wants to be paid' }

/** Accounts whose keys the provider refused a short while ago, as the gateway has written down. */
function refusedKeys(database: string, now: number): DoctorFinding[] {
  return peekCooldowns(database).flatMap(({ key, reason, failedAt, until }) => {
    const what = words[reason]
    if (what === undefined || (until <= now && failedAt < now - hour)) return []
    const message = `${key} ${what} (last at ${new Date(failedAt).toISOString()}). Give it another key.`
    return [{ severity: until > now ? ('error' as const) : ('warning' as const), message, next: 'models status' }]
  })
}

export default check
