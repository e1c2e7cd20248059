import type { Role } from '../auth/caller.js'
import { grantScopes, hasScope } from '../auth/scopes.js'
import type { Scope } from '../auth/types.js'
import type { DeviceContext } from './context.js'
import { approvedScopes, joinScopes, tokenOf, tokenScopes, withToken } from './tokens.js'
import type { DeviceRow } from './types.js'

export interface IssuedToken {
  readonly token: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch. */
  readonly issuedAt: number
}

export interface TokenWish {
  readonly granted: readonly Scope[]
  /** Most that the credentials of this connection allow. */
  readonly limit: readonly Scope[]
  /** The shared secret that the token is to end with. */
  readonly generation: string | undefined
}

/**
 * The token that `hello-ok` tells a paired device: the one that it has while that covers what was granted now and
 * stands on the same shared secret, else a new one, which ends the old. Undefined when the one that it has may do more
 * than the connection: a token is no way around a proxy that narrows. Call it under the lock of the device.
 */
export async function tokenForConnect(
  context: DeviceContext,
  device: DeviceRow,
  role: Role,
  { granted, limit, generation }: TokenWish,
): Promise<IssuedToken | undefined> {
  const { mint } = await context.keys()
  const had = tokenOf(device, role)
  const scopes = had ? tokenScopes(device, had) : []
  if (role === 'operator' && scopes.some((scope) => !hasScope(limit, scope))) return undefined
  const covers = granted.every((scope) => hasScope(scopes, scope))
  const known = had && covers && had.generation === generation ? mint.reveal(device.id, had) : undefined
  if (had && known !== undefined) return { token: known, scopes, issuedAt: had.rotatedAt ?? had.createdAt }
  const now = context.clock.now()
  const wider = role === 'operator' ? grantScopes(joinScopes(scopes, granted), approvedScopes(device)) : []
  const row = {
    role,
    scopes: wider,
    ...mint.fresh(device.id, role),
    generation,
    createdAt: had?.createdAt ?? now,
    rotatedAt: had ? now : undefined,
    revokedAt: undefined,
    usedAt: undefined,
  }
  await context.store.devices.put(withToken(device, row))
  return { token: mint.make(device.id, role, row.salt), scopes: wider, issuedAt: now }
}
