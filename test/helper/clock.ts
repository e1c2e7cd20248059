import type { Clock } from '../../src/kernel/clock.js'

/** Time that stands still until it is moved; timers run when it passes them, in order. */
export class HandClock implements Clock {
  #passed = 0
  readonly #timers = new Set<{ readonly due: number; readonly run: () => void }>()

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#passed
  }

  monotonic(): number {
    return this.#passed
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#passed + ms, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  advance(ms: number): void {
    const end = this.#passed + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
      if (!next) break
      this.#timers.delete(next)
      this.#passed = next.due
      next.run()
    }
    this.#passed = end
  }
}

/** A clock on the wall, which may also be set. Timers run by what passes, and do not hear of it. */
export class WallClock extends HandClock {
  #ahead: number

  /** `start`: what it shows first, in milliseconds since the epoch. */
  constructor(start: number) {
    super()
    this.#ahead = start - super.now()
  }

  override now(): number {
    return super.now() + this.#ahead
  }

  set(ms: number): void {
    this.#ahead += ms - this.now()
  }
}

/** Time that moves by hand, and tells which waits were asked for. */
export class ManualClock extends HandClock {
  /** The waits that were asked for, in the order in which they were. */
  readonly asked: number[] = []
  readonly #due: number[] = []
  readonly #watchers = new Set<() => void>()

  override after(ms: number, run: () => void): () => void {
    const due = this.monotonic() + ms
    this.asked.push(ms)
    this.#due.push(due)
    const forget = () => void this.#due.splice(this.#due.indexOf(due), 1)
    const cancel = super.after(ms, () => {
      forget()
      run()
    })
    for (const look of [...this.#watchers]) look()
    return () => {
      if (this.#due.includes(due)) forget()
      cancel()
    }
  }

  /** Waits until somebody waits this long, and moves on by as much. */
  async pass(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!this.#due.includes(this.monotonic() + ms)) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
    this.advance(ms)
  }
}
