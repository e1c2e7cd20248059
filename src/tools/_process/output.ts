import { StringDecoder } from 'node:string_decoder'
import { aggregateChars, headChars, pendingChars } from './limits.js'

/**
 * What a command has written, in bounds: the beginning and the end of all of it, and what nobody has seen yet. Whatever
 * lies between beginning and end is counted and dropped.
 */
export class OutputBuffer {
  readonly #decoder = new StringDecoder('utf8')
  readonly #tail = new Tail(aggregateChars - headChars)
  readonly #pending = new Tail(pendingChars)
  #head = ''
  #total = 0

  append(chunk: Buffer): void {
    this.#add(this.#decoder.write(chunk))
  }

  /** No more comes: gives out what was half a character. */
  end(): void {
    this.#add(this.#decoder.end())
  }

  /** Characters that were written in all. */
  get total(): number {
    return this.#total
  }

  /** Characters that are kept. */
  get kept(): number {
    return this.#head.length + this.#tail.length
  }

  /** Everything that is kept, with a line that says how much is not. */
  text(): string {
    const gap = this.#total - this.kept
    return gap === 0
      ? this.#head + this.#tail.text()
      : `${this.#head}\n[... ${gap} characters were dropped here ...]\n${this.#tail.text()}`
  }

  /** What came since the last call. */
  drain(): string {
    const { dropped } = this.#pending
    const text = this.#pending.text()
    this.#pending.clear()
    return dropped === 0 ? text : `[... ${dropped} characters were left out here ...]\n${text}`
  }

  get hasNews(): boolean {
    return this.#pending.length > 0
  }

  #add(text: string): void {
    if (text === '') return
    this.#total += text.length
    this.#pending.add(text)
    const room = headChars - this.#head.length
    if (room > 0) this.#head += text.slice(0, room)
    if (text.length > room) this.#tail.add(room > 0 ? text.slice(room) : text)
  }
}

/** The last so many characters of a stream. */
class Tail {
  readonly #limit: number
  #parts: string[] = []
  length = 0
  dropped = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(text: string): void {
    this.#parts.push(text)
    this.length += text.length
    while (this.length > this.#limit) this.#shorten(this.length - this.#limit)
    // Many tiny writes must not cost an array entry each for ever.
    if (this.#parts.length > 1_000) this.#parts = [this.text()]
  }

  text(): string {
    return this.#parts.join('')
  }

  clear(): void {
    this.#parts = []
    this.length = 0
    this.dropped = 0
  }

  #shorten(excess: number): void {
    const [first = ''] = this.#parts
    const cut = Math.min(excess, first.length)
    if (cut === first.length) this.#parts.shift()
    else this.#parts[0] = first.slice(cut)
    this.length -= cut
    this.dropped += cut
  }
}
