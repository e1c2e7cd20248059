import type { Clock } from '../../kernel/clock.js'
import { WorkLimit } from '../../kernel/work-limit.js'
import type { Whois, WhoisAnswer, WhoisFailure } from './whois.js'

/** An answer holds for a minute, a failure for five seconds (spec/config.md section 7). */
const goodForMs = 60_000
const badForMs = 5_000
const maxKnown = 1_000
/** Each question is a process. */
const maxAtOnce = 4
const maxWaiting = 256

export interface WhoisCacheOptions {
  readonly whois: Whois
  readonly clock: Clock
  /** Ends the questions under way. */
  readonly closing: AbortSignal
}

/** Asks once per address and minute, however many connect. */
export class WhoisCache {
  readonly #options: WhoisCacheOptions
  readonly #known = new Map<string, { readonly answer: WhoisAnswer; readonly until: number }>()
  readonly #asked = new Map<string, Promise<WhoisAnswer>>()
  readonly #limit = new WorkLimit(maxAtOnce, maxWaiting)

  constructor(options: WhoisCacheOptions) {
    this.#options = options
  }

  /** Never rejects. A signal ends the wait; the question goes on for others. */
  lookup(ip: string, signal: AbortSignal): Promise<WhoisAnswer> {
    const known = this.#known.get(ip)
    if (known && known.until > this.#options.clock.monotonic()) return Promise.resolve(known.answer)
    const asked = this.#asked.get(ip) ?? this.#ask(ip)
    return asked ? unlessAborted(asked, signal) : Promise.resolve(busy)
  }

  #ask(ip: string): Promise<WhoisAnswer> | undefined {
    const { whois, closing } = this.#options
    const asked = this.#limit
      .run(() => whois(ip, closing))
      ?.then((answer) => {
        this.#asked.delete(ip)
        this.#keep(ip, answer)
        return answer
      })
    if (asked) this.#asked.set(ip, asked)
    return asked
  }

  #keep(ip: string, answer: WhoisAnswer): void {
    this.#known.delete(ip)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < maxKnown) break
      this.#known.delete(oldest)
    }
    const holds = answer.kind === 'failed' ? badForMs : goodForMs
    this.#known.set(ip, { answer, until: this.#options.clock.monotonic() + holds })
  }
}

const busy: WhoisFailure = { kind: 'failed', problem: 'too many ask at once. Try again in a moment' }
const left: WhoisFailure = { kind: 'failed', problem: 'the connection ended before the answer came' }

function unlessAborted(asked: Promise<WhoisAnswer>, signal: AbortSignal): Promise<WhoisAnswer> {
  if (signal.aborted) return Promise.resolve(left)
  return new Promise((resolve) => {
    const leave = () => resolve(left)
    signal.addEventListener('abort', leave, { once: true })
    void asked.then((answer) => {
      signal.removeEventListener('abort', leave)
      resolve(answer)
    })
  })
}
