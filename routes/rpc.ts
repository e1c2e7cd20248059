import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { maxPayloadBytes } from '../schemas/ws/frames.js'
import { GatewayError } from '../src/kernel/errors.js'
import { abortSignalOf } from '../src/kernel/stop.js'
import type { Caller } from '../src/live/caller.js'
import { documentMethods } from './_rpc-document.js'
import { turnStop } from './_turn.js'
import { invoke } from './ws/_invoke.js'
import type { MethodContext } from './ws/_method.js'

/**
 * The whole control plane as plain HTTP: one wildcard route, the same table of methods as on the WebSocket. In the
 * OpenAPI document each method stands on its own.
 */
const route: FastifyPluginAsync = async (app) => {
  if (app.hasDecorator('swagger')) {
    await documentMethods(app)
    return
  }
  app.post<{ Params: { method: string }; Body: unknown }>(
    '/rpc/:method',
    // As large as a frame of the WebSocket; who asks is known before the body is read.
    { config: { auth: 'operator', errors: 'ok' }, schema: { hide: true }, bodyLimit: maxPayloadBytes },
    async (request, reply) => {
      const params = request.body ?? {}
      if (typeof params !== 'object' || Array.isArray(params)) {
        throw new GatewayError('invalid_params', { message: 'The body must be one JSON object: the params.' })
      }
      const context: MethodContext = {
        runtime: app.runtime,
        caller: callerOf(request),
        peer: undefined,
        log: app.log,
        signal: abortSignalOf(turnStop(request, reply)),
        accept: () => {},
      }
      const result = await invoke(await app.methods(), context, request.params.method, params)
      reply.header('cache-control', 'no-store')
      return { ok: true, ...(result !== undefined && { result }) }
    },
  )
}

function callerOf({ identity }: FastifyRequest): Caller {
  if (!identity) throw new GatewayError('invalid_api_key')
  const { method, user, scopes, clientIp } = identity
  return {
    role: 'operator',
    scopes,
    method,
    user,
    clientIp,
    local: false,
    client: undefined,
    deviceId: undefined,
    caps: [],
  }
}

export default route
