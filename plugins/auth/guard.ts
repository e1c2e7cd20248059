import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { authenticate } from '../../src/auth/authenticate.js'
import { checkDoor, decide, isLocalProgram } from '../../src/auth/decide.js'
import { HeaderView } from '../../src/auth/headers.js'
import type { Limiter } from '../../src/auth/limiter.js'
import { hasScope } from '../../src/auth/scopes.js'
import type { AuthSettings } from '../../src/auth/settings.js'
import type { Identity, Scope } from '../../src/auth/types.js'
import type { AuthMethod, Denial, RequestFacts, Verdict } from '../../src/auth/verdict.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { policyProblem } from './policy.js'

export interface AuthGuardOptions {
  /** The settings of this moment; a config reload replaces them under a running app. */
  readonly settings: () => AuthSettings
  /** Lives longer than the app, so that a rebuild forgets no failure. */
  readonly limiter: Limiter
}

/** What the guard offers: mode files register themselves, doors ask who a caller is. */
export interface AuthService {
  readonly settings: () => AuthSettings
  /** Adds a way to prove who one is. @throws GatewayError `auth_misconfigured` when the name is taken. */
  register(name: string, method: AuthMethod): void
  /** Decides without counting; whoever acts upon it counts (`settle`). */
  decide(facts: RequestFacts): Verdict
  /** Decides and counts; does not throw. Doors that get the secret later (WS `connect`) pass it in `facts.presented`. */
  authenticate(facts: RequestFacts): Verdict
}

declare module 'fastify' {
  interface FastifyInstance {
    auth: AuthService
  }
  interface FastifyRequest {
    /** Set by the guard on every `operator` route before anything else runs; null on open routes. */
    identity: Identity | null
  }
}

/** Goes with every 401 (RFC 9110 section 11.6.1). */
export const CHALLENGE = 'Bearer realm="openclaw"'

/**
 * Default deny for every door (DESIGN.md section 5). A route without a policy stops the boot; a request is judged in
 * `onRequest`, before its body is read: attribution 403, then 401 or 429, then scope 403 (spec/http.md section 1).
 */
async function authGuard(app: FastifyInstance, options: AuthGuardOptions) {
  const methods = new Map<string, AuthMethod>()
  app.decorate('auth', createAuth(options, methods))
  app.decorateRequest('identity', null)

  const routes: Parameters<typeof policyProblem>[0][] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    const problems = routes.map(policyProblem).filter((problem) => problem !== undefined)
    if (problems.length > 0) throw new Error(`routes without a valid auth policy:\n  ${problems.join('\n  ')}`)
    routes.length = 0
    const { mode } = options.settings()
    if (!methods.has(mode))
      throw new GatewayError('auth_misconfigured', { message: `no plugin serves auth mode ${mode}` })
  })
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = judge(app.auth, request)
    if (!refusal) return done()
    const { code, reason, clientIp } = refusal
    request.log.info({ reqId: request.id, auth: { code, reason, clientIp } }, 'refused')
    // Retry-After is set where errors are rendered.
    if (refusal.code === 'invalid_api_key') reply.header('www-authenticate', CHALLENGE)
    done(toError(refusal))
  })
}

function createAuth({ settings, limiter }: AuthGuardOptions, methods: Map<string, AuthMethod>): AuthService {
  const inOrder: AuthMethod[] = []
  return {
    settings,
    register(name, method) {
      if (methods.has(name))
        throw new GatewayError('auth_misconfigured', { message: `auth method ${name} exists twice` })
      methods.set(name, method)
      inOrder.push(method)
    },
    decide: (facts) => decide(facts, settings(), inOrder),
    authenticate: (facts) => authenticate(facts, settings(), inOrder, limiter),
  }
}

/** Who asks on an open route. */
export interface Visitor {
  /** Null when the caller did not prove who it is. */
  readonly identity: Identity | null
  /** A program on this machine, talking to us directly. */
  readonly local: boolean
}

/**
 * For open routes that show more to those who may see it (`/readyz`). Never refuses, but a wrong secret is counted as
 * everywhere, so that an open route is no place to guess.
 */
export function identifyOptional(request: FastifyRequest): Visitor {
  const { auth } = request.server
  const facts = factsOf(request)
  const verdict = auth.authenticate(facts)
  return { identity: verdict.ok ? verdict.identity : null, local: isLocalProgram(facts, auth.settings()) }
}

/** Facts of an HTTP request, for doors that decide themselves. */
export function factsOf(request: FastifyRequest): RequestFacts {
  return { peer: request.raw.socket.remoteAddress, headers: new HeaderView(request.raw.rawHeaders) }
}

function judge(auth: AuthService, request: FastifyRequest): Denial | undefined {
  const { auth: policy, scope, origin } = request.routeOptions.config
  const upgrade = request.raw.headers.upgrade?.toLowerCase() === 'websocket'
  if (policy === 'open' && !upgrade) return undefined
  const facts = factsOf(request)
  const open = policy === 'open' || request.is404
  if (open || upgrade) {
    const refused = checkDoor(facts, auth.settings(), upgrade)
    if (refused?.code === 'origin_not_allowed' && origin === 'connect' && !request.is404) return undefined
    if (refused || open) return refused
  }
  const verdict = auth.authenticate(facts)
  if (!verdict.ok) return verdict.denial
  request.identity = verdict.identity
  return scope === undefined || hasScope(verdict.identity.scopes, scope)
    ? undefined
    : lacksScope(scope, verdict.identity)
}

function lacksScope(scope: Scope, { clientIp }: Identity): Denial {
  return { code: 'missing_scope', reason: scope, message: `missing scope: ${scope}`, clientIp, wrongSecret: false }
}

/** @throws GatewayError `missing_scope`; for doors whose scope depends on the body, such as `/rpc/<method>`. */
export function requireScope(identity: Identity, scope: Scope): void {
  if (!hasScope(identity.scopes, scope)) throw toError(lacksScope(scope, identity))
}

function toError({ code, reason, message, retryAfterMs }: Denial): GatewayError {
  const details =
    code === 'missing_scope' ? { code: 'MISSING_SCOPE', missingScope: reason, requiredScopes: [reason] } : undefined
  return new GatewayError(code, { ...(message && { message }), ...(details && { details }), retryAfterMs })
}

export default fp(authGuard, { name: 'auth-guard' })
