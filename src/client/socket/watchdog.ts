import type { Clock } from '../../kernel/clock.js'

/** Ticks that a living gateway cannot miss (spec/protocol.md section 1). */
const missedTicks = 2

/**
 * Notices that nothing comes any more. One timer that looks back, not one for each frame.
 * @param tickIntervalMs How often the gateway says something at least.
 */
export class Watchdog {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #silent: () => void
  #lastAt: number
  #cancel: () => void

  constructor(clock: Clock, tickIntervalMs: number, silent: () => void) {
    this.#clock = clock
    this.#limitMs = tickIntervalMs * missedTicks
    this.#silent = silent
    this.#lastAt = clock.monotonic()
    this.#cancel = clock.after(this.#limitMs, () => this.#look())
  }

  /** Something came. */
  feed(): void {
    this.#lastAt = this.#clock.monotonic()
  }

  stop(): void {
    this.#cancel()
  }

  #look(): void {
    const leftMs = this.#limitMs - (this.#clock.monotonic() - this.#lastAt)
    if (leftMs <= 0) this.#silent()
    else this.#cancel = this.#clock.after(leftMs, () => this.#look())
  }
}
