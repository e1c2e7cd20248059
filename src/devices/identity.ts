import { createPrivateKey, generateKeyPairSync, hkdfSync, sign } from 'node:crypto'
import { readPublicKey } from './public-key.js'

/**
 * The Ed25519 key of one state directory. The gateway is known by it (`gateway.identity.get`), the command line signs
 * with it, and whoever holds it has shown that it can read the state directory (`admit/owner.ts`).
 */
export interface DeviceIdentity {
  /** SHA-256 of the raw public key in hex. */
  readonly deviceId: string
  /** Raw public key in base64url. */
  readonly publicKey: string
  /** Ed25519 signature of the UTF-8 text, in base64url. */
  sign(text: string): string
  /** 32 bytes that only holders of this key can derive; another `purpose` gives other bytes (RFC 5869). */
  derive(purpose: string): Buffer
}

/** The key as it is stored: a JSON Web Key (RFC 8037). */
export interface IdentityKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly d: string
}

export function newIdentityKey(): IdentityKey {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

/** @throws Error when the two halves are no Ed25519 key or do not belong together. */
export function identityOf({ x, d }: IdentityKey): DeviceIdentity {
  const publicKey = readPublicKey(x)
  if (!publicKey) throw new Error('its public key is not valid')
  const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' })
  if (key.export({ format: 'jwk' }).x !== x) throw new Error('its two halves do not belong together')
  const seed = Buffer.from(d, 'base64url')
  const identity: DeviceIdentity = {
    deviceId: publicKey.deviceId,
    publicKey: publicKey.text,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url'),
    derive: (purpose) => Buffer.from(hkdfSync('sha256', seed, '', `openclaw ${purpose}`, 32)),
  }
  return Object.freeze(identity)
}
