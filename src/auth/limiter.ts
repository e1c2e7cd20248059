import type { Clock } from '../kernel/clock.js'
import { limiterKey } from './canonical-ip.js'
import type { RateLimit } from './settings.js'

/** Kinds of credential; each has a budget of its own (spec/config.md 3.5). */
export type LimiterScope = 'shared-secret' | 'device-token' | 'bootstrap-token' | 'node-pairing' | 'hook-auth'

/** Clients that are remembered at once. */
const MAX_ENTRIES = 10_000
/** Failures that are remembered per client, whatever `maxAttempts` says. */
const MAX_REMEMBERED = 1_000
/** A full table is swept at most this often, so that an attack cannot make every failure cost a sweep. */
const SWEEP_EVERY_MS = 1_000

interface Entry {
  /** Times of failures inside the window, oldest first. */
  failures: number[]
  lockedUntil: number
}

/**
 * Counts wrong secrets per kind and client in a sliding window. It is asked only after a comparison failed: a caller
 * with the right secret is never locked out, whoever else fails from the same address. It outlives the app, so a config
 * reload keeps its history. No timer: old entries go when room is needed.
 */
export class Limiter {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock
  readonly #maxEntries: number
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, maxEntries = MAX_ENTRIES) {
    this.#clock = clock
    this.#maxEntries = maxEntries
  }

  /** Clients that are remembered now. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * Records a wrong secret. Gives 0 when it is to be answered as a plain refusal, else the milliseconds that the client
   * is still locked. With `maxAttempts` n, wrong attempt n + 1 is the first that is locked. Attempts while locked do not
   * prolong the lock.
   */
  fail(scope: LimiterScope, clientIp: string, limit: RateLimit): number {
    const client = limiterKey(clientIp)
    if (limit.exemptLoopback && client === 'loopback') return 0
    const now = this.#clock.monotonic()
    const key = `${scope} ${client}`
    const known = this.#entries.get(key)
    if (!known && !this.#hasRoom(now, limit)) return limit.windowMs
    const entry = known ?? { failures: [], lockedUntil: 0 }
    this.#entries.set(key, entry)
    if (entry.lockedUntil > now) return entry.lockedUntil - now
    const since = now - limit.windowMs
    entry.failures = entry.failures.filter((at) => at > since)
    entry.failures.push(now)
    if (entry.failures.length >= Math.min(limit.maxAttempts, MAX_REMEMBERED)) {
      entry.lockedUntil = now + limit.lockoutMs
      entry.failures = []
    }
    return 0
  }

  /** Forgets the failures of a client that presented the right secret. */
  succeed(scope: LimiterScope, clientIp: string): void {
    if (this.#entries.size > 0) this.#entries.delete(`${scope} ${limiterKey(clientIp)}`)
  }

  /** When every place is taken, unknown clients with wrong secrets count as locked: evicting would free attackers. */
  #hasRoom(now: number, limit: RateLimit): boolean {
    if (this.#entries.size < this.#maxEntries) return true
    if (now - this.#sweptAt >= SWEEP_EVERY_MS) this.#sweep(now, now - limit.windowMs)
    return this.#entries.size < this.#maxEntries
  }

  #sweep(now: number, since: number): void {
    this.#sweptAt = now
    for (const [key, entry] of this.#entries) {
      if (entry.lockedUntil <= now && (entry.failures.at(-1) ?? Number.NEGATIVE_INFINITY) <= since)
        this.#entries.delete(key)
    }
  }
}
