import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import type { WebSocket } from 'ws'
import { factsOf } from '../plugins/auth/guard.js'
import { passesOrigin } from '../src/auth/browser.js'
import { attributeUpgrade } from '../src/auth/tailscale/claim.js'
import type { RequestFacts } from '../src/auth/verdict.js'
import { GatewayError } from '../src/kernel/errors.js'
import { PreauthBudget } from './ws/_preauth-budget.js'
import type { Stranger } from './ws/_socket.js'

/**
 * The WebSocket control plane at `/`, on the port of everything else and through the same guards. Who the client is
 * comes with its first frame (spec/protocol.md section 2), so the route itself is open: the guard has looked at
 * attribution and Host, and a page that is not allowed in is told so when it connects.
 */
const route: FastifyPluginAsync = async (app) => {
  const budget = new PreauthBudget()
  const upgrades = new WeakMap<object, Upgrade>()
  app.route({
    method: 'GET',
    url: '/',
    config: { auth: 'open', origin: 'connect' },
    schema: { hide: true },
    onRequest: (request, reply, done) => {
      if (!request.ws) return done()
      if (app.runtime.stopping.aborted) return done(new GatewayError('draining'))
      const facts = withPorts(factsOf(request), request.raw.socket)
      const settings = app.auth.settings()
      const from = attributeUpgrade(facts, settings)
      try {
        const foreign = !passesOrigin(facts.headers, from.kind === 'direct-local', settings)
        const settled = budget.take(from.kind === 'unattributable' ? '' : from.clientIp, foreign)
        // An upgrade that is refused on the way, or whose client has gone, reaches no control socket.
        request.raw.socket.once('close', settled)
        upgrades.set(request, { facts, settled, response: reply.raw })
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    handler: (_request, reply) => reply.callNotFound(),
    wsHandler: (socket, request) => {
      const upgrade = upgrades.get(request)
      if (!upgrade) return socket.terminate()
      letGo(socket, upgrade.response)
      app.openControlSocket(socket, upgrade)
    },
  })
}

function withPorts(facts: RequestFacts, { remotePort, localPort }: Socket): RequestFacts {
  if (remotePort === undefined || localPort === undefined) return facts
  return { ...facts, ports: { remote: remotePort, local: localPort } }
}

interface Upgrade extends Stranger {
  readonly response: ServerResponse
}

/** An open socket lives for days: it must not hold the request that it came with, which is larger than itself. */
function letGo(socket: WebSocket, response: ServerResponse): void {
  // The plugin's listener holds the request and its reply. Without any, a peer that sends nonsense and is gone before the
  // methods are read would end the process.
  socket.removeAllListeners('error').on('error', ignore)
  if (response.socket) response.detachSocket(response.socket)
}

/** `ws` closes the socket by itself. */
function ignore(): void {}

export default route
