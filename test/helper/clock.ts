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
