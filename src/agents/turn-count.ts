import type { Clock } from '../kernel/clock.js'

/** How many turns run or wait, and when there are none. */
export class TurnCount {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()
  #active = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get active(): number {
    return this.#active
  }

  begin(): void {
    this.#active += 1
  }

  end(): void {
    this.#active -= 1
    if (this.#active === 0) for (const resolve of this.#waiting) resolve()
  }

  /** Resolves when no turn runs or waits, at the latest after `limitMs`; false when some still do. */
  async settled(limitMs: number): Promise<boolean> {
    if (this.#active === 0) return true
    await new Promise<void>((resolve) => {
      const done = () => {
        cancel()
        this.#waiting.delete(done)
        resolve()
      }
      const cancel = this.#clock.after(limitMs, done)
      this.#waiting.add(done)
    })
    return this.#active === 0
  }
}
