import type { FastifyPluginAsync } from 'fastify'
import { factsOf } from '../plugins/auth/guard.js'
import { attribute } from '../src/auth/attribution.js'
import { GatewayError } from '../src/kernel/errors.js'
import { PreauthBudget } from './ws/_preauth-budget.js'

/**
 * The WebSocket control plane at `/`, on the port of everything else and through the same guards. Who the client is
 * comes with its first frame (spec/protocol.md section 2), so the route itself is open: the guard has looked at
 * attribution, Host and Origin.
 */
const route: FastifyPluginAsync = async (app) => {
  const budget = new PreauthBudget()
  const places = new WeakMap<object, () => void>()
  app.route({
    method: 'GET',
    url: '/',
    config: { auth: 'open' },
    schema: { hide: true },
    onRequest: (request, _reply, done) => {
      if (!request.ws) return done()
      if (app.runtime.stopping.aborted) return done(new GatewayError('draining'))
      const from = attribute(request.raw.socket.remoteAddress, factsOf(request).headers, app.auth.settings())
      try {
        places.set(request, budget.take(from.kind === 'unattributable' ? '' : from.clientIp))
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    handler: (_request, reply) => reply.callNotFound(),
    wsHandler: (socket, request) => {
      // The plugin's listener would hold the request as long as the socket lives.
      socket.removeAllListeners('error')
      app.openControlSocket(socket, factsOf(request), places.get(request) ?? (() => {}))
    },
  })
}

export default route
