import { verify } from 'node:crypto'
import type { ConnectDevice } from '../../schemas/ws/connect.js'
import { payloadV2, payloadV3, type SignedFacts } from './payload.js'
import { type PublicKey, readPublicKey } from './public-key.js'

/** What the proof is about, besides what the device itself sends. */
export interface ProofContext {
  /** The nonce that this socket was challenged with. */
  readonly nonce: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly facts: Omit<SignedFacts, 'deviceId' | 'signedAt' | 'nonce'>
}

export type ProofFailure =
  | 'device-id-mismatch'
  | 'device-signature-stale'
  | 'device-nonce-missing'
  | 'device-nonce-mismatch'
  | 'device-signature'
  | 'device-public-key'

export type Proof =
  | { readonly ok: true; readonly publicKey: PublicKey; readonly version: 2 | 3 }
  | { readonly ok: false; readonly reason: ProofFailure }

/** How far the clocks of device and gateway may be apart, in milliseconds. */
const MAX_SKEW_MS = 120_000
const SIGNATURE_BYTES = 64
const SIGNATURE = /^[A-Za-z0-9+/_-]{86}(?:==)?$/

/**
 * Does the client hold the key that its id is made of? In the order of spec/protocol.md 2.3, since clients act on the
 * first failure. The nonce binds the signature to this socket.
 */
export function verifyProof(device: ConnectDevice, { nonce, now, facts }: ProofContext): Proof {
  const publicKey = readPublicKey(device.publicKey)
  if (!publicKey) return failed('device-public-key')
  if (publicKey.deviceId !== device.id) return failed('device-id-mismatch')
  if (Math.abs(now - device.signedAt) > MAX_SKEW_MS) return failed('device-signature-stale')
  const sent = device.nonce.trim()
  if (sent === '') return failed('device-nonce-missing')
  if (sent !== nonce) return failed('device-nonce-mismatch')
  const signed = { ...facts, deviceId: device.id, signedAt: device.signedAt, nonce }
  if (isSigned(payloadV3(signed), device.signature, publicKey)) return { ok: true, publicKey, version: 3 }
  if (isSigned(payloadV2(signed), device.signature, publicKey)) return { ok: true, publicKey, version: 2 }
  return failed('device-signature')
}

function isSigned(payload: string, signature: string, { key }: PublicKey): boolean {
  if (!SIGNATURE.test(signature)) return false
  const bytes = Buffer.from(signature, 'base64')
  return bytes.length === SIGNATURE_BYTES && verify(null, Buffer.from(payload, 'utf8'), key, bytes)
}

function failed(reason: ProofFailure): Proof {
  return { ok: false, reason }
}
