import type { onRouteHookHandler, RouteOptions } from 'fastify'
import { isScope } from '../../src/auth/scopes.js'
import type { RoutePolicy } from '../../src/auth/types.js'

declare module 'fastify' {
  interface FastifyContextConfig extends Partial<RoutePolicy> {}
}

/**
 * An `onRoute` hook that gives a policy to the routes of its scope that state none: for third-party plugins, whose
 * routes cannot be written with one. `scope.addHook('onRoute', routePolicy({ auth: 'open' }))` before registering them.
 */
export function routePolicy(policy: RoutePolicy): onRouteHookHandler {
  return (route) => {
    if (route.config?.auth === undefined) route.config = { ...route.config, ...policy }
  }
}

/** What is wrong with a route's policy, in words for its author; undefined when it is fine. */
export function policyProblem(route: Pick<RouteOptions, 'config' | 'method' | 'url'>): string | undefined {
  const { auth, scope } = route.config ?? {}
  const name = `${[route.method].flat().join(',')} ${route.url}`
  if (auth !== 'open' && auth !== 'operator') {
    return `${name}: add config: { auth: 'open' } or config: { auth: 'operator', scope: 'operator.…' }`
  }
  if (scope === undefined) return undefined
  if (auth === 'open') return `${name}: an open route cannot ask for a scope`
  return isScope(scope) ? undefined : `${name}: unknown scope "${scope}"`
}
