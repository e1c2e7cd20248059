import {
  ModelsAuthStatusParams,
  ModelsAuthStatusResult,
  ModelsListParams,
  ModelsListResult,
} from '../../schemas/ws/models.js'
import { providerAuth } from '../../src/models/auth-status.js'
import { modelRows } from '../../src/models/list.js'
import { agentForSession } from './_agents.js'
import { family, method } from './_method.js'

export default family({
  'models.list': method({
    summary: 'The models that an agent can be switched to',
    description: 'From the config; providers are not asked.',
    scope: 'operator.read',
    params: ModelsListParams,
    result: ModelsListResult,
    handler({ runtime }, { view = 'default', ...params }) {
      const agentId = agentForSession(runtime, params)
      return { models: modelRows(runtime.config.current, runtime.catalog(), agentId, view) }
    },
  }),
  'models.authStatus': method({
    summary: 'Which model providers have their keys',
    description: 'Whether a key is there, not whether its provider takes it.',
    scope: 'operator.read',
    params: ModelsAuthStatusParams,
    result: ModelsAuthStatusResult,
    handler({ runtime }, { agentId }) {
      const agent = agentForSession(runtime, { agentId })
      const providers = providerAuth(runtime.config.current, runtime.catalog(), agent)
      return { ts: runtime.clock.now(), providers, providerCapabilities: [] }
    },
  }),
})
