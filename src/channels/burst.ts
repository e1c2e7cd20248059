import { isStopWord, readCommand } from '../commands/_text.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import { type Account, type Capabilities, type Inbound, ownWords } from './port.js'

/** What one turn takes of a burst, and how long its first message waits (spec/runtime.md 1.1, step 7). */
const most = { messages: 12, chars: 50_000, ms: 7_500 }

/**
 * Milliseconds that must be quiet before a message is answered: more of the same may follow. Zero for what is not
 * waited for: files and commands.
 */
export function quietMs(
  { channel, keys }: Account,
  { messages }: Config,
  burst: Capabilities['burst'],
  message: Inbound,
): number {
  const { text, media = [] } = message
  if (media.length > 0 || isCommand(ownWords(message))) return 0
  const own = typeof keys.debounceMs === 'number' ? keys.debounceMs : undefined
  const { byChannel, debounceMs } = messages?.inbound ?? {}
  const ms = own ?? byChannel?.[channel] ?? debounceMs ?? burst?.quietMs ?? 0
  if (ms === 0 || !burst || text.length < burst.pasteChars) return ms
  return Math.max(ms, burst.pasteMs)
}

export const isCommand = (text: string) => isStopWord(text) || readCommand(text) !== undefined

/** Messages of one person that follow each other closely and wait to be answered together. */
export class Burst<T extends { readonly message: Inbound }> {
  readonly parts: T[] = []
  /** Resolves when they are answered, or nobody waits for that any more. */
  readonly done: Promise<void>
  readonly #clock: Clock
  readonly #due: () => void
  readonly #since: number
  #chars = 0
  #cancel = () => {}
  #end: (work: Promise<void> | undefined) => void = () => {}

  /** `due`: it was quiet for long enough. */
  constructor(clock: Clock, due: (burst: Burst<T>) => void) {
    this.#clock = clock
    this.#since = clock.monotonic()
    this.#due = () => due(this)
    this.done = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  add(part: T, ms: number): void {
    this.parts.push(part)
    this.#chars += part.message.text.length
    this.#cancel()
    const left = this.#since + most.ms - this.#clock.monotonic()
    this.#cancel = this.#clock.after(Math.max(Math.min(ms, left), 0), this.#due)
  }

  get full(): boolean {
    return this.parts.length >= most.messages || this.#chars >= most.chars
  }

  /** Waits for nothing more. Without `work` it stays unanswered. */
  end(work?: Promise<void>): void {
    this.#cancel()
    this.#end(work)
  }
}
