import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 of a secret, for callers that compare one stored secret often. Text is hashed as UTF-8. */
export function secretDigest(secret: string | Uint8Array): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** Compares two results of `secretDigest` in constant time. */
export function equalDigests(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b)
}
