import { createHmac, randomBytes } from 'node:crypto'
import type { Role } from '../auth/caller.js'
import { grantScopes, isScope } from '../auth/scopes.js'
import type { Scope } from '../auth/types.js'
import { equalDigests, secretDigest } from '../kernel/safe-equal.js'
import type { DeviceIdentity } from './identity.js'
import type { DeviceRow, DeviceTokenRow } from './types.js'

const SALT_BYTES = 16

/**
 * Device tokens are made, not stored: HMAC-SHA256 of device, role and a random salt under a key that is derived from
 * the identity of the state directory. So a device that comes again gets the same token again, and yet a copy of the
 * database alone lets nobody in. A new salt is a new token; the old one is dead with it.
 */
export class TokenMint {
  readonly #key: Buffer

  constructor(identity: DeviceIdentity) {
    this.#key = identity.derive('device tokens v1')
  }

  /** The token of this salt: 32 bytes in base64url, 43 characters. */
  make(deviceId: string, role: string, salt: string): string {
    return createHmac('sha256', this.#key).update(`${deviceId}|${role}|${salt}`).digest('base64url')
  }

  /** A salt that was never used, with the hash of its token. */
  fresh(deviceId: string, role: string): Pick<DeviceTokenRow, 'salt' | 'hash'> {
    const salt = randomBytes(SALT_BYTES).toString('hex')
    return { salt, hash: secretDigest(this.make(deviceId, role, salt)).toString('hex') }
  }

  /** The token again; undefined when it was made under another identity, as after a partial restore. */
  reveal(deviceId: string, { role, salt, hash }: DeviceTokenRow): string | undefined {
    const token = this.make(deviceId, role, salt)
    return secretDigest(token).toString('hex') === hash ? token : undefined
  }
}

/** Is this the device's token for the role? Generation: the shared secret of this moment (`secret-generation.ts`). */
export function matchesToken(
  device: DeviceRow,
  role: Role,
  presented: string,
  generation: string | undefined,
): DeviceTokenRow | undefined {
  const row = tokenOf(device, role)
  if (!row || (row.generation !== undefined && row.generation !== generation)) return undefined
  return equalDigests(secretDigest(presented.trim()), Buffer.from(row.hash, 'hex')) ? row : undefined
}

/** The token of a role, unless it was revoked. */
export function tokenOf(device: DeviceRow, role: string): DeviceTokenRow | undefined {
  return device.tokens.find((row) => row.role === role && row.revokedAt === undefined)
}

/**
 * What a token may do: never more than its device was approved for. Stored scopes that this version does not know
 * count as none.
 */
export function tokenScopes(device: DeviceRow, row: DeviceTokenRow): readonly Scope[] {
  return row.role === 'operator' ? grantScopes(row.scopes.filter(isScope), approvedScopes(device)) : []
}

/** What a device was approved for as an operator. */
export function approvedScopes({ roles, scopes }: Pick<DeviceRow, 'roles' | 'scopes'>): readonly Scope[] {
  return roles.includes('operator') ? scopes.filter(isScope) : []
}

/** Everything that is in one of the two. */
export function joinScopes(a: readonly Scope[], b: readonly Scope[]): readonly Scope[] {
  return [...new Set([...a, ...b])]
}

/** The device with another row for one role. */
export function withToken(device: DeviceRow, row: DeviceTokenRow): DeviceRow {
  return { ...device, tokens: [...device.tokens.filter(({ role }) => role !== row.role), row] }
}
