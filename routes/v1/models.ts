import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readErrors } from '../../schemas/http/error.js'
import { Model, ModelList } from '../../schemas/http/models.js'
import { ref } from '../../schemas/http/named.js'
import { Type } from '../../schemas/type.js'
import { selectAgent } from '../../src/agents/select.js'
import { GatewayError } from '../../src/kernel/errors.js'

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { agents, startedAt } = app.runtime
  const created = Math.floor(startedAt / 1000)
  const row = (id: string): Model => ({ id, object: 'model', created, owned_by: 'openclaw' })
  const shared = {
    config: { auth: 'operator', scope: 'operator.read' },
    onRequest: app.requireEndpoint('models'),
  } as const

  app.get(
    '/models',
    {
      ...shared,
      schema: {
        operationId: 'listModels',
        tags: ['Models'],
        summary: 'List the agents as models',
        response: {
          200: { description: 'The agents.', content: { 'application/json': { schema: ref(ModelList) } } },
          ...readErrors,
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      const ids = ['openclaw', 'openclaw/default', ...agents.roster().ids.map((id) => `openclaw/${id}`)]
      return { object: 'list' as const, data: [...new Set(ids)].map(row) }
    },
  )

  const retrieve = (id: string): Model => {
    if (id === '') throw new GatewayError('model_not_found', { param: 'model' })
    selectAgent(agents.roster(), id)
    return row(id)
  }
  app.get(
    '/models/:model',
    {
      ...shared,
      schema: {
        operationId: 'retrieveModel',
        tags: ['Models'],
        summary: 'Look one agent up',
        params: Type.Object({ model: Type.String({ description: 'Percent-encode the slash: `openclaw%2Fmain`.' }) }),
        response: {
          200: { description: 'The agent.', content: { 'application/json': { schema: ref(Model) } } },
          ...readErrors,
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return retrieve(request.params.model)
    },
  )
  // Clients that do not encode the slash of `openclaw/main`. Not documented: a wildcard breaks SDK generators.
  app.get('/models/*', { ...shared, schema: { hide: true } }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const path = (request.params as { '*': string })['*']
    return retrieve(path)
  })
}

export default route
