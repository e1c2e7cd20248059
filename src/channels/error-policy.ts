import type { Clock } from '../kernel/clock.js'
import { type Account, type Place, placeKey } from './port.js'

/** The same words are told again after so long. */
const usualCooldownMs = 4 * 3_600_000
const mostKept = 1_000

/** Whether people read that a turn has failed (`errorPolicy`). It lasts as long as the gateway runs. */
export class ErrorPolicy {
  readonly #clock: Clock
  /** When something was told last, by chat and words; the oldest first. */
  readonly #told = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  tells({ channel, id, keys }: Account, place: Place, words: string): boolean {
    const { errorPolicy = 'always', errorCooldownMs = usualCooldownMs } = keys as {
      readonly errorPolicy?: 'always' | 'once' | 'silent'
      readonly errorCooldownMs?: number
    }
    if (errorPolicy !== 'once') return errorPolicy === 'always'
    const key = JSON.stringify([channel, id, placeKey(place), words])
    const now = this.#clock.monotonic()
    const before = this.#told.get(key)
    if (before !== undefined && now - before < errorCooldownMs) return false
    this.#told.delete(key)
    this.#told.set(key, now)
    const [oldest] = this.#told.keys()
    if (this.#told.size > mostKept && oldest !== undefined) this.#told.delete(oldest)
    return true
  }
}
