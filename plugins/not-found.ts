import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../src/kernel/errors.js'

interface KnownRoute {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

/**
 * Unknown URLs and wrong methods, both as JSON. A URL that exists under another method answers 405 with `Allow`
 * (RFC 9110 section 15.5.6), before any credential is asked for.
 */
export default fp(
  async (app) => {
    const methodsOf = collectRoutes(app)
    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? request.url
      const allowed = methodsOf(path)
      if (allowed.length === 0) throw new GatewayError('unknown_url')
      reply.header('allow', allowed.join(', '))
      throw new GatewayError('method_not_allowed')
    })
  },
  { name: 'not-found', dependencies: ['errors'] },
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
