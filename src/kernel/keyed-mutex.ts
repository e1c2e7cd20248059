/** Lets work under the same key happen one after the other, and work under different keys side by side. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Runs `work` when everything that was asked for before it under this key has ended, well or badly. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before ? before.then(work, work) : work()
    const forget = () => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
    const tail: Promise<void> = result.then(forget, forget)
    this.#tails.set(key, tail)
    return result
  }

  /** Keys that have work under way. */
  get size(): number {
    return this.#tails.size
  }
}
