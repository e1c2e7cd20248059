import fp from 'fastify-plugin'

/** Counts every answered request under its route's pattern; at level debug it is logged too, without its URL's query. */
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
      const { method, id: reqId } = request
      app.log.debug({ reqId, method, path: request.url.split('?', 1)[0], status: reply.statusCode }, 'answered')
      done()
    })
  },
  { name: 'request-metrics', dependencies: ['runtime'] },
)
