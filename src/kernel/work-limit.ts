/** Lets some pieces of work run side by side and some more wait for a place. */
export class WorkLimit {
  readonly #atOnce: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, maxWaiting: number) {
    this.#atOnce = atOnce
    this.#maxWaiting = maxWaiting
  }

  /** Runs the work when there is a place; undefined when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#running < this.#atOnce) {
      this.#running += 1
      return this.#then(work)
    }
    if (this.#waiting.length >= this.#maxWaiting) return undefined
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#then(work))
  }

  /** A place that somebody waits for is handed on, not given back. */
  async #then<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}
