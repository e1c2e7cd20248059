import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../src/kernel/errors.js'

interface KnownRoute {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

/**
 * Unknown URLs and wrong methods, both as JSON. A URL that exists under another method answers 405 with `Allow`
 * (RFC 9110 section 15.5.6), before any credential is asked for and before a body is read. Register it after the
 * guard, whose door checks come first.
 */
export default fp(
  async (app) => {
    const methodsOf = collectRoutes(app)
    const refuse = (request: FastifyRequest, reply: FastifyReply): GatewayError => {
      const path = request.url.split('?', 1)[0] ?? request.url
      const allowed = methodsOf(path)
      if (allowed.length === 0 || allowed.includes(request.method)) return new GatewayError('unknown_url')
      reply.header('allow', allowed.join(', '))
      return new GatewayError('method_not_allowed')
    }
    app.addHook('onRequest', (request, reply, done) => {
      done(request.is404 ? refuse(request, reply) : undefined)
    })
    // A route may say itself that it has nothing there, as Swagger UI's files do.
    app.setNotFoundHandler((request, reply) => {
      throw refuse(request, reply)
    })
  },
  { name: 'not-found', dependencies: ['errors', 'auth-guard'] },
)

/** Remembers every route that is registered later. */
function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const known = new Map<string, KnownRoute>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = known.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() }
    known.set(url, route)
    for (const one of Array.isArray(method) ? method : [method]) route.methods.add(one)
  })
  return (path) => {
    const matching = [...known.values()].filter((route) => route.pattern.test(path))
    return [...new Set(matching.flatMap((route) => [...route.methods]))].sort()
  }
}

function toPattern(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]+/g, '[^/]+')
    .replace(/\*/g, '.*')
  return new RegExp(`^${source}/?$`)
}
