import type { Clock } from '../kernel/clock.js'
import { canonicalIp } from './canonical-ip.js'

/** Interfaces come and go (DHCP, VPN), but asking the system at each request would be slow. */
const FRESH_FOR_MS = 5_000

/**
 * Gives the canonical addresses of this machine, asked of `read` at most every five seconds; undefined when `read`
 * fails, so that the caller refuses rather than guesses.
 */
export function addressLookup(read: () => readonly string[], clock: Clock): () => ReadonlySet<string> | undefined {
  let known: ReadonlySet<string> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.monotonic()
    if (now - readAt < FRESH_FOR_MS) return known
    readAt = now
    try {
      known = new Set(
        read()
          .map(canonicalIp)
          .filter((ip) => ip !== undefined),
      )
    } catch {
      known = undefined
    }
    return known
  }
}
