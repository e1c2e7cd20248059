import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Caller } from './caller.js'

const windowMs = 60_000
/** Seed 001; today's official gateway allows 30 (spec/protocol.md section 5). */
export const writesPerWindow = 3
const idleMs = 300_000
const maxBuckets = 10_000

interface Bucket {
  startedAt: number
  count: number
}

/** Limits control-plane writes by method, device and address. Failed calls count too. */
export class WriteLimit {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `write_limited` with the time to wait. */
  spend(method: string, { deviceId, clientIp }: Pick<Caller, 'deviceId' | 'clientIp'>, connId?: string): void {
    const now = this.#clock.monotonic()
    const nobody = deviceId === undefined && clientIp === ''
    const key = [method, deviceId ?? 'unknown-device', clientIp || 'unknown-ip', nobody ? `conn=${connId}` : '']
      .filter(Boolean)
      .join('|')
    const bucket = this.#buckets.get(key)
    if (!bucket || now - bucket.startedAt >= windowMs) {
      this.#prune(now)
      this.#buckets.delete(key)
      this.#buckets.set(key, { startedAt: now, count: 1 })
    } else if (bucket.count >= writesPerWindow) {
      throw limited(method, bucket.startedAt + windowMs - now)
    } else {
      bucket.count += 1
    }
  }

  /** The map keeps the order of insertion, so the oldest windows stand first. */
  #prune(now: number): void {
    for (const [key, { startedAt }] of this.#buckets) {
      if (now - startedAt < idleMs && this.#buckets.size < maxBuckets) return
      this.#buckets.delete(key)
    }
  }
}

function limited(method: string, waitMs: number): GatewayError {
  const retryAfterMs = Math.ceil(waitMs)
  return new GatewayError('write_limited', {
    message: `rate limit exceeded for ${method}; retry after ${Math.ceil(retryAfterMs / 1000)}s`,
    retryAfterMs,
    details: { method, limit: `${writesPerWindow} per ${windowMs / 1000}s` },
  })
}
