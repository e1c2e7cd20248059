import type { PairedDevice } from '../../schemas/ws/device.js'
import type { Connected, DeviceRow } from './types.js'

/** A paired device as operators see it; nothing of its tokens but what they may do. */
export function shownDevice(device: DeviceRow, connected: Connected): PairedDevice {
  const { about, label, roles, scopes, tokens, seenAt, seenReason } = device
  return {
    deviceId: device.id,
    publicKey: device.publicKey,
    ...(about.displayName !== undefined && { displayName: about.displayName }),
    ...(label !== undefined && { label }),
    platform: about.platform,
    ...(about.deviceFamily !== undefined && { deviceFamily: about.deviceFamily }),
    clientId: about.clientId,
    clientMode: about.clientMode,
    role: roles[0] ?? 'operator',
    roles: [...roles],
    scopes: [...scopes],
    approvedVia: device.approvedVia,
    createdAtMs: device.createdAt,
    approvedAtMs: device.approvedAt,
    ...(seenAt !== undefined && { lastSeenAtMs: seenAt }),
    ...(seenReason !== undefined && { lastSeenReason: seenReason }),
    connected: connected(device.id),
    tokens: tokens.map(({ role, scopes: granted, createdAt, rotatedAt, revokedAt, usedAt }) => ({
      role,
      scopes: [...granted],
      createdAtMs: createdAt,
      ...(rotatedAt !== undefined && { rotatedAtMs: rotatedAt }),
      ...(revokedAt !== undefined && { revokedAtMs: revokedAt }),
      ...(usedAt !== undefined && { lastUsedAtMs: usedAt }),
    })),
  }
}
