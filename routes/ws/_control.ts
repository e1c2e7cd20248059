import fp from 'fastify-plugin'
import type { WebSocket } from 'ws'
import { tickIntervalMs } from '../../schemas/ws/frames.js'
import type { AdmitServices } from '../../src/devices/admit/services.js'
import { repeat } from '../../src/kernel/repeat.js'
import { connectFacts } from './_connect-facts.js'
import { ControlSocket, type SocketServices, type Stranger } from './_socket.js'
import { StartQueue } from './_start-queue.js'
import { loadMethods, type MethodTable } from './_table.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of the control plane; read from their files when somebody first calls. */
    methods(): Promise<MethodTable>
    /** Takes over an upgraded socket. */
    openControlSocket(socket: WebSocket, stranger: Stranger): void
  }
}

const handshakeMs = 15_000
const pingIntervalMs = 25_000

/** The control plane's sockets: their timers, their methods, and their end. */
export default fp(
  async (app) => {
    const { runtime } = app
    const sockets = new Set<ControlSocket>()
    const closeAll = () => {
      for (const socket of sockets) socket.close(1012, 'service restart')
    }
    app.closeControlSockets = closeAll
    const methods = lazily(loadMethods)
    app.decorate('methods', methods)
    // Once for all sockets: what each of them holds is counted in thousands.
    const services = lazily(async (): Promise<SocketServices> => {
      const [{ admit }, table] = await Promise.all([import('../../src/devices/admit/admit.js'), methods()])
      const admission: AdmitServices = {
        devices: runtime.devices,
        auth: app.auth,
        limiter: runtime.limiter,
        config: () => runtime.config.current,
        problem: (schema, value) => table.validator.problem(schema, value),
      }
      return {
        runtime,
        log: app.log,
        table,
        queue: new StartQueue(),
        handshakeMs: runtime.instance.settings.handshakeTimeoutMs ?? handshakeMs,
        admit: async (request) => admit(admission, { ...request, facts: await connectFacts(app, request) }),
        closed: (socket) => sockets.delete(socket),
      }
    })
    app.decorate('openControlSocket', (ws, stranger) => {
      // The methods are read before the first frame is, so a socket that is open can be answered.
      ws.pause()
      services()
        .then((ready) => {
          // Gone while the methods were read: nobody would hear that it closed.
          if (ws.readyState !== ws.OPEN) return stranger.settled()
          sockets.add(new ControlSocket(ws, stranger, ready))
          ws.resume()
        })
        .catch((error: unknown) => {
          app.log.error({ err: error }, 'the methods of the control plane could not be read')
          stranger.settled()
          ws.close(1011, 'the gateway failed')
        })
    })
    const timers = [
      repeat(runtime.clock, tickIntervalMs, () => runtime.hub.tick()),
      repeat(runtime.clock, pingIntervalMs, () => {
        for (const socket of sockets) socket.ping()
      }),
    ]
    app.addHook('onClose', async () => {
      for (const cancel of timers) cancel()
    })
  },
  { name: 'control', dependencies: ['runtime', 'websocket', 'auth-guard', 'auth-tailscale'] },
)

/** Asks once; after a failure the next caller asks again. */
function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined
  return () => {
    value ??= load().catch((error: unknown) => {
      value = undefined
      throw error
    })
    return value
  }
}
