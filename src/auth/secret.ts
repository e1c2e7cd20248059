import { createHmac } from 'node:crypto'
import { equalDigests, secretDigest } from '../kernel/safe-equal.js'

/**
 * A configured token or password, kept as digests only, so that it cannot be logged or serialised by accident.
 * HTTP headers carry bytes, not text: curl sends a secret such as `你的网关密码` as UTF-8, others send `pässword` as
 * latin1. Both byte strings of the same secret match.
 */
export class Secret {
  readonly #digests: readonly Buffer[]

  /** Spaces and line ends around the text are not part of the secret: no header could carry them. */
  constructor(text: string) {
    const secret = text.trim()
    const utf8 = Buffer.from(secret, 'utf8')
    const latin1 = Buffer.from(secret, 'latin1')
    const fitsLatin1 = latin1.toString('latin1') === secret && !latin1.equals(utf8)
    this.#digests = (fitsLatin1 ? [utf8, latin1] : [utf8]).map(secretDigest)
  }

  /** Compares with a result of `headerDigest` or `secretDigest`; the time does not depend on the content. */
  matches(digest: Buffer): boolean {
    let found = false
    for (const own of this.#digests) found = equalDigests(own, digest) || found
    return found
  }

  /** A name for this secret that tells nothing of it to whoever lacks the key: 32 hex digits. */
  fingerprint(key: Buffer): string {
    const [digest = ''] = this.#digests
    return createHmac('sha256', key).update(digest).digest('hex').slice(0, 32)
  }
}

/** Digest of a header value, whose characters are the bytes of the wire. */
export function headerDigest(value: string): Buffer {
  return secretDigest(Buffer.from(value, 'latin1'))
}

const SCHEME = 'bearer '

/**
 * The credential of `Authorization: Bearer <credential>` (RFC 6750 section 2.1; the scheme in any case), undefined for
 * other schemes and for an empty one. Only spaces are stripped: `trim()` would take a trailing UTF-8 byte A0 for a
 * space.
 */
export function bearerOf(authorization: string): string | undefined {
  if (authorization.length <= SCHEME.length || authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME) {
    return undefined
  }
  let start = SCHEME.length
  while (authorization[start] === ' ') start++
  return start < authorization.length ? authorization.slice(start) : undefined
}
