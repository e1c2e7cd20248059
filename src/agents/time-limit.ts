import type { Clock } from '../kernel/clock.js'

/** A time limit that can be held: what passes meanwhile does not count. */
export class TimeLimit {
  readonly #clock: Clock
  readonly #run: () => void
  #leftMs: number
  #since = 0
  #holds = 0
  #cancel: () => void = () => {}
  #over = false

  /** Begins at once; `run` is called when the time is up, unless it is cancelled before. */
  constructor(clock: Clock, ms: number, run: () => void) {
    this.#clock = clock
    this.#leftMs = ms
    this.#run = run
    this.#go()
  }

  /** Stops the clock. What it gives lets it run on, once all who hold it have let go. */
  hold(): () => void {
    if (this.#holds === 0) {
      this.#cancel()
      this.#leftMs = Math.max(this.#leftMs - (this.#clock.monotonic() - this.#since), 0)
    }
    this.#holds += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#holds -= 1
      if (this.#holds === 0) this.#go()
    }
  }

  cancel(): void {
    this.#over = true
    this.#cancel()
  }

  #go(): void {
    if (this.#over) return
    this.#since = this.#clock.monotonic()
    this.#cancel = this.#clock.after(this.#leftMs, this.#run)
  }
}
