import type { Clock } from '../kernel/clock.js'

const firstMs = 5_000
/** Slow enough for a vault that counts its calls. */
const longestMs = 15 * 60_000

/** When each failing provider is asked again: later and later, one timer for all. */
export class RetryPlan {
  readonly #clock: Clock
  readonly #due: (aliases: readonly string[]) => void
  readonly #waiting = new Map<string, { readonly tries: number; readonly at: number }>()
  #cancel: (() => void) | undefined

  constructor(clock: Clock, due: (aliases: readonly string[]) => void) {
    this.#clock = clock
    this.#due = due
  }

  /** When a provider is asked again; undefined when it is not. Milliseconds since the epoch. */
  at(alias: string): number | undefined {
    return this.#waiting.get(alias)?.at
  }

  /** The providers that are failing now. One that was just asked waits twice as long as before. */
  set(failing: ReadonlySet<string>, asked: (alias: string) => boolean): void {
    for (const alias of [...this.#waiting.keys()]) if (!failing.has(alias)) this.#waiting.delete(alias)
    for (const alias of failing) {
      const known = this.#waiting.get(alias)
      if (known && !asked(alias)) continue
      const tries = (known?.tries ?? 0) + 1
      const wait = Math.min(longestMs, firstMs * 2 ** (tries - 1))
      this.#waiting.set(alias, { tries, at: this.#clock.now() + wait })
    }
    this.#arm()
  }

  close(): void {
    this.#waiting.clear()
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#waiting.size === 0) return
    const next = Math.min(...[...this.#waiting.values()].map(({ at }) => at))
    this.#cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => {
      const now = this.#clock.now()
      const due = [...this.#waiting].filter(([, { at }]) => at <= now).map(([alias]) => alias)
      if (due.length === 0) this.#arm()
      else this.#due(due)
    })
  }
}
