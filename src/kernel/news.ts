import type { StopSignal } from './stop.js'

/** Lets readers wait for what comes next. */
export class News {
  readonly #waiting = new Set<() => void>()

  /** Resolves at the next `tell`, or when the signal aborts. */
  next(signal: StopSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done)
      if (signal.aborted) done()
    })
  }

  tell(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
