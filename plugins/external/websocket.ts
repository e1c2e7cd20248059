import websocket, { type WebsocketPluginOptions } from '@fastify/websocket'
import fp from 'fastify-plugin'
import { maxPreauthBytes } from '../../schemas/ws/frames.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** Tells every socket to come back; said before the app closes. Whoever opens sockets replaces it. */
    closeControlSockets: () => void
  }
}

/**
 * Upgrades through Fastify's router. It stands before the guard, so that a refused upgrade is known as one and its
 * connection is ended.
 */
export default fp(
  async (app) => {
    app.decorate('closeControlSockets', () => {})
    const options: WebsocketPluginOptions = {
      // To deflate one message at a time costs more than to send it, and holds 300 KB a socket.
      options: { perMessageDeflate: false, maxPayload: maxPreauthBytes, clientTracking: false },
      preClose(done) {
        this.closeControlSockets()
        done()
      },
    }
    await app.register(websocket, options)
  },
  { name: 'websocket' },
)
