import { GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'

/** Turns that may wait behind the running one in one session (spec/http.md section 4). */
const defaultMaxWaiting = 16
/** What a refused caller is told to wait. */
const busyRetryMs = 2_000

/** What a session tells whose lane is full. */
export function sessionBusy(): GatewayError {
  return new GatewayError('session_busy', { retryAfterMs: busyRetryMs })
}

interface Waiter {
  readonly start: () => void
}

/** First in, first out per session: turns of one session never overlap, turns of different sessions never wait. */
export class Lanes {
  readonly #lanes = new Map<string, Waiter[]>()
  readonly #maxWaiting: () => number | undefined

  /** `maxWaiting` is asked at each entry, since the config may change; 16 when it gives nothing. */
  constructor(maxWaiting: () => number | undefined = () => undefined) {
    this.#maxWaiting = maxWaiting
  }

  /** Turns that run or wait, over all sessions. */
  get size(): number {
    let total = 0
    for (const waiting of this.#lanes.values()) total += waiting.length + 1
    return total
  }

  /** Turns that wait in a session. */
  waiting(key: string): number {
    return this.#lanes.get(key)?.length ?? 0
  }

  /** True when one more would be refused. */
  full(key: string, maxWaiting = this.#maxWaiting() ?? defaultMaxWaiting): boolean {
    return (this.#lanes.get(key)?.length ?? 0) >= maxWaiting
  }

  /**
   * `maxWaiting` in place of what the config says. Waits for the turn and gives the function that ends it. Rejects with `session_busy` when the lane is full, and
   * with the signal's reason when the caller leaves first.
   */
  enter(key: string, signal: StopSignal, maxWaiting?: number): Promise<() => void> {
    const waiting = this.#lanes.get(key)
    if (!waiting) {
      this.#lanes.set(key, [])
      return Promise.resolve(this.#leaveOnce(key))
    }
    if (this.full(key, maxWaiting)) return Promise.reject(sessionBusy())
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const waiter: Waiter = {
        start: () => {
          signal.removeEventListener('abort', leave)
          resolve(this.#leaveOnce(key))
        },
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave)
      waiting.push(waiter)
    })
  }

  #leaveOnce(key: string): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = this.#lanes.get(key)?.shift()
      if (next) next.start()
      else this.#lanes.delete(key)
    }
  }
}
