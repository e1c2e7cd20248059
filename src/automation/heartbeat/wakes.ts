import type { Clock } from '../../kernel/clock.js'

/** What happens within this time is looked at together. */
const togetherMs = 250
/** Between two looks (spec/runtime.md 6.1). */
const apartMs = 30_000
const flood = { starts: 5, withinMs: 60_000 }
/** Sessions that may wait; what has happened in them is on disk, for their next turn. */
const mostWaiting = 100

/** What happens wakes an agent: at once where it was quiet, and never so often that it costs more than it tells. */
export class Wakes {
  readonly #clock: Clock
  readonly #run: (sessionKey: string) => void
  readonly #waiting = new Set<string>()
  #starts: readonly number[] = []
  #cancel: (() => void) | undefined
  #closed = false

  constructor(clock: Clock, run: (sessionKey: string) => void) {
    this.#clock = clock
    this.#run = run
  }

  /** `afterMs`: not before that. */
  add(sessionKey: string, afterMs = togetherMs): void {
    if (this.#closed || this.#waiting.size >= mostWaiting) return
    this.#waiting.add(sessionKey)
    this.#cancel ??= this.#clock.after(Math.max(afterMs, this.#freeInMs), () => this.#go())
  }

  /** The one that has just begun found the session busy: it does not count, and is tried again after `ms`. */
  again(sessionKey: string, ms: number): void {
    this.#starts = this.#starts.slice(0, -1)
    this.add(sessionKey, ms)
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.#waiting.clear()
  }

  /** Milliseconds until the next may begin. */
  get #freeInMs(): number {
    const now = this.#clock.monotonic()
    const last = this.#starts.at(-1)
    const first = this.#starts.at(-flood.starts)
    const apart = last === undefined ? 0 : last + apartMs - now
    return Math.max(apart, first === undefined ? 0 : first + flood.withinMs - now, 0)
  }

  #go(): void {
    this.#cancel = undefined
    const now = this.#clock.monotonic()
    const going = [...this.#waiting].slice(0, flood.starts)
    for (const sessionKey of going) {
      this.#waiting.delete(sessionKey)
      this.#run(sessionKey)
    }
    this.#starts = [...this.#starts, ...going.map(() => now)].slice(-flood.starts)
    if (this.#waiting.size > 0) this.#cancel = this.#clock.after(this.#freeInMs, () => this.#go())
  }
}
