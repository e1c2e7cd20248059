import type { Logger } from '../../kernel/logger.js'
import type { EventLetter } from './deliver.js'

/** Events that wait for one hook; what comes beyond is lost, and counted. */
const maxWaiting = 100

export type EventOutcome = 'ok' | 'failed' | 'dropped'

export interface LineOptions {
  readonly name: string
  readonly log: Logger
  readonly deliver: (letter: EventLetter) => Promise<void>
  readonly count: (outcome: EventOutcome) => void
}

/** Events on their way to one hook: one at a time, in order. That it fails is said once, until it works again. */
export class EventLine {
  readonly #options: LineOptions
  readonly #waiting: EventLetter[] = []
  #working: Promise<void> | undefined
  #failures = 0
  #dropped = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  push(letter: EventLetter): void {
    const { name, log, count } = this.#options
    if (this.#waiting.length >= maxWaiting) {
      count('dropped')
      this.#dropped += 1
      if (this.#dropped === 1) log.warn({ hook: name, maxWaiting }, 'a hook is too slow; events are left out')
      return
    }
    this.#waiting.push(letter)
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working
  }

  /** What waits is not begun. */
  drop(): void {
    this.#waiting.length = 0
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        await this.#options.deliver(next)
        this.#worked()
      } catch (err) {
        this.#failed(err, next)
      }
    }
    this.#dropped = 0
  }

  #worked(): void {
    const { name, log, count } = this.#options
    count('ok')
    if (this.#failures > 0) log.info({ hook: name, failures: this.#failures }, 'a hook works again')
    this.#failures = 0
  }

  #failed(err: unknown, { event }: EventLetter): void {
    const { name, log, count } = this.#options
    count('failed')
    this.#failures += 1
    if (this.#failures === 1)
      log.warn({ err, hook: name, event }, 'a hook failed; it is said once, until it works again')
  }
}
