import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../../src/kernel/errors.js'

export type Endpoint = 'chatCompletions' | 'models' | 'embeddings' | 'responses'

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook for routes that are off until the config enables them; it runs after the guard. */
    requireEndpoint(endpoint: Endpoint): onRequestHookHandler
  }
}

/** Which doors are open, asked of the config at each request, so that switching one needs no restart. */
export default fp(
  async (app) => {
    const isOn = (endpoint: Endpoint): boolean => {
      const on = app.runtime.config.current.gateway?.http?.endpoints
      const either = on?.chatCompletions?.enabled === true || on?.responses?.enabled === true
      if (endpoint === 'responses') return on?.responses?.enabled === true
      if (endpoint === 'chatCompletions') return on?.chatCompletions?.enabled === true
      return endpoint === 'embeddings' ? either || on?.embeddings?.enabled === true : either
    }
    app.decorate('requireEndpoint', (endpoint) => (_request, _reply, done) => {
      done(isOn(endpoint) ? undefined : new GatewayError('endpoint_disabled'))
    })
  },
  { name: 'endpoints', dependencies: ['runtime'] },
)
