import { agentRoster } from '../../agents/select.js'
import { toGatewayError } from '../../kernel/errors.js'
import { openCatalog } from '../../models/open-catalog.js'
import { modelForAgent } from '../../models/selection.js'
import { assumeReadable } from '../../secrets/read.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const check: DoctorCheck = {
  title: 'Models',
  needsConfig: true,
  run({ loaded, config }) {
    if (!loaded.ok) return []
    const catalog = openCatalog({ config, env: loaded.env, secret: assumeReadable })
    return agentRoster(config).ids.flatMap((agent): DoctorFinding[] => {
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
  },
}

export default check
