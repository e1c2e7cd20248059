import fp from 'fastify-plugin'

/** Counts every answered request under its route's pattern. */
export default fp(
  async (app) => {
    const { metrics } = app.runtime
    app.addHook('onResponse', (request, reply, done) => {
      metrics.request({
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      })
      done()
    })
  },
  { name: 'request-metrics', dependencies: ['runtime'] },
)
