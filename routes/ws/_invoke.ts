import { hasScope } from '../../src/auth/scopes.js'
import type { Scope } from '../../src/auth/types.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Caller } from '../../src/live/caller.js'
import { callerKey } from './_caller-key.js'
import type { AnyMethod, MethodContext } from './_method.js'
import type { MethodTable } from './_table.js'

/** A name that nobody defined is answered only to those who could call anything (spec/protocol.md section 1). */
const unclassified: Pick<AnyMethod, 'scope'> = { scope: 'operator.admin' }

/**
 * Runs one method for one caller, whichever door it came through: role, scope, write limit, params, handler, in this
 * order. Throws what the caller is told.
 */
export async function invoke(
  { entries, validator }: MethodTable,
  context: MethodContext,
  name: string,
  params: unknown,
): Promise<unknown> {
  const definition = entries.get(name)?.definition
  const { caller, runtime } = context
  checkRole(definition, caller)
  checkScope((definition ?? unclassified).scope, caller)
  if (!definition) throw new GatewayError('unknown_method', { message: `unknown method: ${name}` })
  if (definition.write) runtime.writes.spend(name, caller, context.peer?.connId)
  const given = params ?? {}
  validator.check(name, definition.params, given)
  checkScope(definition.scopeFor?.(given as never) ?? null, caller)
  const run = async () => definition.handler(context, given as never)
  if (!definition.idempotent) return run()
  const signal = definition.idempotent === 'durable' ? context.signal : undefined
  const { idempotencyKey } = given as { readonly idempotencyKey: string }
  return runtime.once.run(callerKey(name, caller, idempotencyKey), run, { signal })
}

function checkRole(definition: AnyMethod | undefined, { role }: Caller): void {
  const wanted = definition?.role ?? 'operator'
  if (wanted !== 'any' && wanted !== role) {
    throw new GatewayError('unauthorized_role', { message: `unauthorized role: ${role}` })
  }
}

function checkScope(scope: Scope | null, { role, scopes }: Caller): void {
  if (scope === null || role === 'node' || hasScope(scopes, scope)) return
  throw missingScope(scope)
}

/** Also for handlers whose scope depends on more than their params. */
export function missingScope(scope: Scope): GatewayError {
  return new GatewayError('missing_scope', {
    message: `missing scope: ${scope}`,
    details: { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] },
  })
}
