import { Type } from '../../schemas/type.js'
import { HealthPayload } from '../../schemas/ws/health.js'
import { family, method } from './_method.js'

export default family({
  health: method({
    summary: 'The state of the gateway: agents, channels, sessions',
    description: 'At most a minute old; `probe` makes a new one and shows it to every connected client.',
    scope: null,
    role: 'any',
    params: Type.Object({ probe: Type.Optional(Type.Boolean()) }),
    result: HealthPayload,
    async handler({ runtime }, { probe }) {
      if (!probe) return runtime.health.read()
      const health = await runtime.health.refresh()
      runtime.hub.versions.health += 1
      runtime.hub.broadcast('health', health, { droppable: true })
      return health
    },
  }),
})
