import fp from 'fastify-plugin'

/** Every answer names the gateway instance that gave it, so that a client can tell two gateways apart. */
export default fp(
  async (app) => {
    const { id } = app.runtime.instance
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-openclaw-instance', id)
      done()
    })
  },
  { name: 'identity', dependencies: ['runtime'] },
)
