import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Compares two secrets in a time that depends neither on their content nor on their lengths: both are hashed to the
 * same length first.
 */
export function safeEqual(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
