import type { CallerMethod, Role } from '../auth/caller.js'
import type { Scope } from '../auth/types.js'
import type { DeviceRow, PairRequestRow } from '../storage/device-types.js'

export type {
  DeviceAbout,
  DeviceRow,
  DeviceTokenRow,
  NodeRecord,
  NodeSurface,
  PairRequestRow,
} from '../storage/device-types.js'

/** Whoever manages devices: the part of a `Caller` that the rules look at. */
export interface Manager {
  readonly scopes: readonly Scope[]
  readonly method: CallerMethod
  /** The device whose key signed the caller's handshake. */
  readonly deviceId: string | undefined
}

/**
 * Who said yes. silent: a program on this machine with the shared secret. operator: somebody with the scope. owner:
 * whoever can read the state directory. cidr: `gateway.nodes.pairing.autoApproveCidrs`. trusted-proxy: a signed-in user
 * (`deviceAutoApprove`).
 */
export type ApprovedVia = 'silent' | 'operator' | 'owner' | 'cidr' | 'trusted-proxy'

/** What a device asks for when it connects. */
export interface PairAsk
  extends Pick<PairRequestRow, 'deviceId' | 'publicKey' | 'about' | 'surface' | 'browserOrigin' | 'remoteIp'> {
  readonly role: Role
  readonly scopes: readonly Scope[]
}

/** Where the sockets are known: true while one of the device is open. */
export type Connected = (deviceId: string, role?: Role) => boolean

export function hasRole(device: Pick<DeviceRow, 'roles'>, role: Role): boolean {
  return device.roles.includes(role)
}
