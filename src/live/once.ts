import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'

const keepMs = 300_000
const maxEntries = 1_000

interface Entry {
  readonly at: number
  /** What was asked; absent: nobody looks. */
  readonly asked: string | undefined
  readonly outcome: Promise<unknown>
}

export interface OnceOptions {
  /** Of the caller, for a call that may be made again: when it goes, its failure is not that of the next one. */
  readonly signal?: AbortSignal | undefined
  readonly asked?: string | undefined
}

/**
 * Remembers calls by idempotency key for five minutes: a repeated call joins the first, or gets its result or its error
 * (spec/protocol.md section 6). Bounded; the oldest are forgotten first.
 */
export class Once {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `idempotency_key_reused` when something else was asked under this key. */
  run<T>(key: string, first: () => Promise<T>, { signal, asked }: OnceOptions = {}): Promise<T> {
    const now = this.#clock.monotonic()
    for (const [old, { at }] of this.#entries) {
      if (now - at < keepMs && this.#entries.size < maxEntries) break
      this.#entries.delete(old)
    }
    const known = this.#entries.get(key)
    if (known && known.asked !== asked) throw new GatewayError('idempotency_key_reused')
    if (known) return known.outcome as Promise<T>
    const outcome = first()
    const entry = { at: now, asked, outcome }
    this.#entries.set(key, entry)
    outcome.catch(() => {
      if (signal?.aborted && this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return outcome
  }
}
