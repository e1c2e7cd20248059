import { isScope } from '../../auth/scopes.js'
import type { Scope } from '../../auth/types.js'
import type { Config } from '../../config/types.js'
import type { Proven } from './credentials.js'

/** Most that a page of a signed-in user gets without being asked for, when the config names nothing else. */
const defaultAutoScopes: readonly Scope[] = [
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
]

/** `gateway.auth.trustedProxy.deviceAutoApprove`: most scopes; undefined when it is off (spec/config.md 6.2). */
export function autoApproveScopes({ gateway }: Config): readonly Scope[] | undefined {
  const auto = gateway?.auth?.trustedProxy?.deviceAutoApprove
  if (!auto?.enabled) return undefined
  return auto.scopes ? auto.scopes.filter(isScope) : defaultAutoScopes
}

/**
 * `gateway.auth.identityScopes`: what a user whom somebody vouches for may do in addition, for as long as the connection
 * lasts. E-mail addresses are compared without regard to case.
 */
export function identityScopes({ gateway }: Config, { user, method }: Proven): readonly Scope[] {
  if (user === undefined || (method !== 'trusted-proxy' && method !== 'tailscale')) return []
  const spelled = (name: string) => (name.includes('@') ? name.toLowerCase() : name)
  const own = Object.entries(gateway?.auth?.identityScopes ?? {}).find(([name]) => spelled(name) === spelled(user))
  return own ? own[1].filter(isScope) : []
}
