import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'

const text = (description?: string) => Type.String({ minLength: 1, ...(description && { description }) })
const maybe = (description?: string) => Type.Optional(text(description))
const texts = () => Type.Array(text())
const time = (description = 'Milliseconds since the epoch.') => Type.Integer({ minimum: 0, description })

/** A device that waits for somebody's approval; also the event `device.pair.requested`. */
export const DevicePairRequested = Type.Object({
  requestId: text(),
  deviceId: text('SHA-256 of the public key, in hex.'),
  publicKey: text('Ed25519 key, 32 bytes in base64url.'),
  displayName: maybe(),
  platform: maybe(),
  deviceFamily: maybe(),
  clientId: maybe(),
  clientMode: maybe(),
  browserOrigin: maybe('The page that asks.'),
  role: maybe(),
  roles: Type.Optional(texts()),
  scopes: Type.Optional(texts()),
  remoteIp: maybe(),
  silent: Type.Optional(Type.Boolean()),
  isRepair: Type.Optional(Type.Boolean({ description: 'The device is paired already and asks for more.' })),
  ts: time(),
})
export type DevicePairRequested = Static<typeof DevicePairRequested>

/** What is known of a device token; never its value. */
export const DeviceTokenInfo = Type.Object({
  role: text(),
  scopes: texts(),
  createdAtMs: time(),
  rotatedAtMs: Type.Optional(time()),
  revokedAtMs: Type.Optional(time()),
  lastUsedAtMs: Type.Optional(time()),
})

export const PairedDevice = Type.Object({
  deviceId: text(),
  publicKey: text(),
  displayName: maybe('The name that the device gives itself.'),
  label: maybe('The name that an operator gave it.'),
  platform: text(),
  deviceFamily: maybe(),
  clientId: text(),
  clientMode: text(),
  role: text('The first role that it was approved for.'),
  roles: texts(),
  scopes: texts(),
  approvedVia: maybe('silent, operator, owner, cidr or trusted-proxy.'),
  createdAtMs: time(),
  approvedAtMs: time(),
  lastSeenAtMs: Type.Optional(time()),
  lastSeenReason: maybe(),
  connected: Type.Boolean(),
  tokens: Type.Array(DeviceTokenInfo),
})
export type PairedDevice = Static<typeof PairedDevice>

export const DevicePairList = Type.Object({
  pending: Type.Array(DevicePairRequested),
  paired: Type.Array(PairedDevice),
})

export const PairRequestParams = Type.Object({ requestId: text() })
export const DeviceParams = Type.Object({ deviceId: text() })
export const DeviceRenameParams = Type.Object({
  deviceId: text(),
  label: Type.String({ minLength: 1, maxLength: 64 }),
})
export const DeviceTokenParams = Type.Object({ deviceId: text(), role: text() })
export const DeviceTokenRotateParams = Type.Object({
  deviceId: text(),
  role: text(),
  scopes: Type.Optional(texts()),
})

export const DevicePairApproved = Type.Object({ requestId: text(), device: PairedDevice })
export const DevicePairRejected = Type.Object({ requestId: text(), deviceId: text() })

export const DeviceTokenRotated = Type.Object({
  deviceId: text(),
  role: text(),
  scopes: texts(),
  rotatedAtMs: time(),
  tokenDelivery: stringEnum(['in-band', 'withheld-cross-device'], {
    description: 'The token is told only to the device that holds the one before.',
  }),
  token: maybe(),
})
export type DeviceTokenRotated = Static<typeof DeviceTokenRotated>

export const DeviceTokenRevoked = Type.Object({ deviceId: text(), role: text(), revokedAtMs: time() })

/** Event `device.pair.resolved`. */
export const DevicePairResolved = Type.Object({
  requestId: text(),
  deviceId: text(),
  decision: stringEnum(['approved', 'rejected']),
  ts: time(),
})
export type DevicePairResolved = Static<typeof DevicePairResolved>

/** What `gateway.identity.get` gives: the key by which this gateway is known whatever its address. */
export const GatewayIdentity = Type.Object({ deviceId: text(), publicKey: text() })
