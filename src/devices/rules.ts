import { hasScope, isScope } from '../auth/scopes.js'
import type { Scope } from '../auth/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { Manager, PairRequestRow } from './types.js'

/**
 * Rules of spec/protocol.md 2.9. Somebody who came in with a device token and is no admin sees and manages only the
 * device that it sits at.
 */
export function mayManage({ scopes, method, deviceId }: Manager, subject: string): boolean {
  return method !== 'device-token' || hasScope(scopes, 'operator.admin') || deviceId === subject
}

/**
 * Nobody gives what he does not have: a role other than operator needs an admin, scopes need a holder.
 * @throws GatewayError `missing_scope`
 */
export function checkMayApprove({ scopes }: Manager, { role, scopes: asked }: Pick<PairRequestRow, 'role' | 'scopes'>) {
  if (role !== 'operator') requireScopes(scopes, ['operator.admin'])
  else requireScopes(scopes, asked.filter(isScope))
}

/** @throws GatewayError `missing_scope`, naming the first that is missing. */
export function requireScopes(held: readonly Scope[], required: readonly Scope[]): void {
  const missing = required.find((scope) => !hasScope(held, scope))
  if (missing === undefined) return
  throw new GatewayError('missing_scope', {
    message: `missing scope: ${missing}`,
    details: { code: 'MISSING_SCOPE', missingScope: missing, requiredScopes: [...required] },
  })
}
