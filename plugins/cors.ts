import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type OriginList, originListed } from '../src/auth/origin.js'

export interface CorsOptions {
  /** Origins whose pages may read our answers; empty, the default, sends no CORS header at all. */
  readonly origins: () => OriginList
}

/** Browsers cap it at two hours or less; seconds. */
const PREFLIGHT_MAX_AGE = '600'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/**
 * What a page may read besides the safelisted headers. SDKs decide by the first three whether to ask again: a page that
 * could not see `x-should-retry` would repeat turns that had begun.
 */
const EXPOSED = [
  'x-should-retry',
  'retry-after',
  'x-request-id',
  'www-authenticate',
  'openai-processing-ms',
  'x-gateway-overhead-ms',
  'x-prompt-bytes',
  'x-openclaw-session-key',
  'x-openclaw-instance',
].join(', ')

/**
 * CORS for listed origins only. A preflight from one of them is answered 204 before any auth, since browsers send it
 * without credentials; any other OPTIONS goes on to the router, which answers 405. Register it before the guard, so
 * that a page can read a 401. Cookies are never used, so credentials are not allowed.
 */
export default fp(
  async (app, { origins }: CorsOptions) => {
    app.addHook('onRequest', (request, reply, done) => {
      const list = origins()
      if (!list.any && list.exact.size === 0) return done()
      reply.header('vary', 'Origin')
      const { origin } = request.headers
      if (origin === undefined || !originListed(origin, list)) return done()
      reply.header('access-control-allow-origin', origin)
      reply.header('access-control-expose-headers', EXPOSED)
      if (!isPreflight(request)) return done()
      answerPreflight(request, reply)
    })
  },
  { name: 'cors' },
)

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
}

/** Header names are echoed: the origin is trusted by name, and SDKs send many of their own. */
function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Origin, Access-Control-Request-Headers')
  reply.header('access-control-allow-methods', METHODS)
  reply.header('access-control-max-age', PREFLIGHT_MAX_AGE)
  const wanted = headers['access-control-request-headers']
  if (wanted !== undefined) reply.header('access-control-allow-headers', wanted)
  if (headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true')
  }
  reply.code(204).send()
}
