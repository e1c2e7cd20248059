import type { Clock } from '../../kernel/clock.js'

/** Sessions that are remembered. */
const maxSessions = 1000
/** How long a session is left alone after it could not be summed up. Milliseconds. */
const pauseMs = 60_000

interface Setback {
  /** On the monotonic clock; undefined: it did not fail. */
  readonly failedAt?: number
  /** The agent has had its turn for notes. */
  readonly noted?: boolean
}

/** What went wrong with summing up sessions, so that not every turn tries the same again. One for each gateway. */
export class Setbacks {
  readonly #clock: Clock
  readonly #sessions = new Map<string, Setback>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True for a while after it failed. */
  paused(key: string): boolean {
    const { failedAt } = this.#sessions.get(key) ?? {}
    return failedAt !== undefined && this.#clock.monotonic() - failedAt < pauseMs
  }

  /** True when the agent has had its turn for notes since the last summary. */
  noted(key: string): boolean {
    return this.#sessions.get(key)?.noted ?? false
  }

  failed(key: string): void {
    this.#set(key, { ...this.#sessions.get(key), failedAt: this.#clock.monotonic() })
  }

  note(key: string): void {
    this.#set(key, { ...this.#sessions.get(key), noted: true })
  }

  /** It was summed up. */
  clear(key: string): void {
    this.#sessions.delete(key)
  }

  #set(key: string, setback: Setback): void {
    this.#sessions.delete(key)
    this.#sessions.set(key, setback)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > maxSessions && oldest !== undefined) this.#sessions.delete(oldest)
  }
}
