import type { ConnectAuth, ConnectClient, ConnectDevice } from '../../schemas/ws/connect.js'
import type { DeviceIdentity } from './identity.js'
import { payloadV3, signedToken } from './payload.js'

export interface ConnectToSign {
  readonly client: Pick<ConnectClient, 'id' | 'mode' | 'platform' | 'deviceFamily'>
  readonly role: string
  readonly scopes: readonly string[]
  readonly auth: ConnectAuth | undefined
  /** Of the challenge. */
  readonly nonce: string
  /** Of the challenge, in milliseconds since the epoch. */
  readonly ts: number
}

/** The `device` of a `connect`: what a client of ours sends to show that it holds its key. */
export function signConnect(identity: DeviceIdentity, request: ConnectToSign): ConnectDevice {
  const { client, role, scopes, auth, nonce, ts } = request
  const payload = payloadV3({
    deviceId: identity.deviceId,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAt: ts,
    token: signedToken(auth ?? {}),
    nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  })
  const { deviceId: id, publicKey } = identity
  return { id, publicKey, signature: identity.sign(payload), signedAt: ts, nonce }
}
