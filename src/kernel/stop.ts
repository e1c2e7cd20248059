import { Bag } from './bag.js'

/**
 * How a turn learns that it is called off. Every `AbortSignal` is one. `Stop` is the one that doors make: an
 * AbortController with its listeners costs as much as a tenth of a short turn.
 */
export interface StopSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}

/** A signal and its controller in one; whoever should only listen gets it as a `StopSignal`. */
export class Stop implements StopSignal {
  #aborted = false
  #reason: unknown
  #listeners: (() => void)[] | undefined
  #followers: Bag<Stop> | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): unknown {
    return this.#reason
  }

  /** The first reason counts. Who listens hears it at once. */
  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    for (let next = this.#listeners?.shift(); next; next = this.#listeners?.shift()) next()
    for (const follower of this.#followers ?? []) follower.abort(reason)
  }

  /** As with an AbortSignal, one that is added afterwards never runs. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#aborted) return
    this.#listeners ??= []
    if (!this.#listeners.includes(listener)) this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners?.indexOf(listener) ?? -1
    if (index >= 0) this.#listeners?.splice(index, 1)
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason
  }

  /** Takes the follower along. Gives what lets it go. */
  lead(follower: Stop): () => void {
    this.#followers ??= new Bag()
    const followers = this.#followers
    let place = followers.add(follower)
    return () => {
      if (place >= 0) followers.remove(place)
      place = -1
    }
  }
}

/** A stop that follows `signal` and may come earlier. Call `unlink` when the work is done. */
export function follow(signal: StopSignal): { stop: Stop; unlink: () => void } {
  const stop = new Stop()
  if (signal.aborted) {
    stop.abort(signal.reason)
    return { stop, unlink: () => {} }
  }
  if (signal instanceof Stop) return { stop, unlink: signal.lead(stop) }
  const abort = () => stop.abort(signal.reason)
  signal.addEventListener('abort', abort)
  return { stop, unlink: () => signal.removeEventListener('abort', abort) }
}

/** Work that ends early only with `signal`, and leaves no listener behind. */
export async function whileRunning<T>(signal: StopSignal, work: (stop: StopSignal) => Promise<T>): Promise<T> {
  const { stop, unlink } = follow(signal)
  try {
    return await work(stop)
  } finally {
    unlink()
  }
}

/** The same signal for what takes only an AbortSignal, such as `fetch` and child processes. */
export function abortSignalOf(signal: StopSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  const controller = new AbortController()
  if (signal.aborted) controller.abort(signal.reason)
  else signal.addEventListener('abort', () => controller.abort(signal.reason))
  return controller.signal
}
