import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

/** An Ed25519 key in the one form that we store and show. */
export interface PublicKey {
  /** The raw 32 bytes in base64url without padding: 43 characters. */
  readonly text: string
  /** SHA-256 of the raw bytes in lower-case hex: the device's id (spec/protocol.md 2.3). */
  readonly deviceId: string
  readonly key: KeyObject
}

const KEY_BYTES = 32
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/

/** Reads base64url, standard base64 or PEM. Undefined when the text is no Ed25519 public key. */
export function readPublicKey(text: string): PublicKey | undefined {
  const raw = text.includes('-----BEGIN') ? fromPem(text) : fromBase64(text.trim())
  if (!raw) return undefined
  const x = raw.toString('base64url')
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    return { text: x, deviceId: createHash('sha256').update(raw).digest('hex'), key }
  } catch {
    return undefined
  }
}

function fromBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined
  const raw = Buffer.from(text, 'base64')
  return raw.length === KEY_BYTES ? raw : undefined
}

function fromPem(text: string): Buffer | undefined {
  try {
    const { crv, x } = createPublicKey(text).export({ format: 'jwk' })
    return crv === 'Ed25519' && x !== undefined ? Buffer.from(x, 'base64url') : undefined
  } catch {
    return undefined
  }
}
