import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readErrors } from '../schemas/http/error.js'
import { Type } from '../schemas/type.js'

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { runtime } = app
  for (const [index, url] of ['/metrics', '/api/diagnostics/prometheus'].entries()) {
    app.get(
      url,
      {
        config: { auth: 'operator', scope: 'operator.read' },
        schema: {
          hide: index > 0,
          operationId: 'getMetrics',
          tags: ['Health'],
          summary: 'Prometheus metrics',
          response: {
            200: { description: 'Text exposition format.', content: { 'text/plain': { schema: Type.String() } } },
            ...readErrors,
          },
        },
      },
      async (_request, reply) => {
        const { text, contentType } = runtime.metrics.render({
          version: runtime.instance.version,
          profile: runtime.instance.profile,
          uptimeSeconds: (runtime.clock.now() - runtime.startedAt) / 1000,
          activeTurns: runtime.agents.active,
          configValid: runtime.config.status.valid,
        })
        return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text)
      },
    )
  }
}

export default route
