import type { DevicePairRequested, DevicePairResolved } from '../../schemas/ws/device.js'
import type { NodePairRequest, NodePairResolved } from '../../schemas/ws/node.js'
import type { Role } from '../auth/caller.js'

/**
 * A device may do less than before, or nothing any more: its open sockets have to go (spec/protocol.md 4.8). Emitted
 * when the change is on disk.
 */
export interface DeviceInvalidated {
  readonly deviceId: string
  /** Only sockets of this role; undefined: all of them. */
  readonly role?: Role
  readonly reason: 'device removed' | 'device token rotated' | 'device token revoked'
}

/** What happens to devices and nodes; emitted when it is on disk. */
export interface DeviceEvents {
  'device.pair.requested': DevicePairRequested
  'device.pair.resolved': DevicePairResolved
  /** The list of paired devices is another one. */
  'device.pair.changed': Readonly<Record<string, never>>
  'node.pair.requested': NodePairRequest
  'node.pair.resolved': NodePairResolved
  'device.invalidated': DeviceInvalidated
}
