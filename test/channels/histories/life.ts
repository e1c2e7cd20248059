/** What every call of a world that has ended fails with. */
export class Ended extends Error {
  constructor() {
    super('this world has ended')
  }
}

/**
 * One run of a gateway, from its start to a crash. Each call that leaves the process, to the store or to a platform,
 * passes here before it has an effect and before its answer is heard: the crash can come at any of these points, and
 * afterwards nothing has an effect any more.
 */
export class Life {
  steps = 0
  /** It ended in the middle, and not by `stop`. */
  crashed = false
  #dead = false
  readonly end: Promise<void>
  #ended = () => {}
  readonly #crashAt: number

  /** `crashAt`: which point is the last one. */
  constructor(crashAt = Number.POSITIVE_INFINITY) {
    this.#crashAt = crashAt
    this.end = new Promise((resolve) => {
      this.#ended = resolve
    })
  }

  /** Throws `Ended` from the last point on. */
  step(): void {
    this.steps += 1
    if (!this.#dead && this.steps >= this.#crashAt) {
      this.crashed = true
      this.stop()
    }
    if (this.#dead) throw new Ended()
  }

  /** Nothing has an effect any more. */
  stop(): void {
    this.#dead = true
    this.#ended()
  }

  /** The same object, whose asynchronous methods, and those of what it holds, end with this life. */
  of<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name)
        if (typeof value === 'object' && value !== null) return this.of(value)
        return typeof value === 'function' ? this.#call(value.bind(target)) : value
      },
    })
  }

  #call(call: (...args: unknown[]) => unknown) {
    return (...args: unknown[]) => {
      try {
        this.step()
      } catch (error) {
        return Promise.reject(error)
      }
      const result = call(...args)
      if (!(result instanceof Promise)) return result
      return result.then((value) => {
        this.step()
        return value
      })
    }
  }
}
