/** Longest event: a tool call with a whole file in its arguments is a few MB at most. Bytes for a line, else characters. */
export const MAX_EVENT_SIZE = 16 * 1024 * 1024

/** A buffer that grew beyond this for one long line is not kept. */
const KEPT_CAPACITY = 1024 * 1024

const empty = Buffer.alloc(0)
const CR = 13
const LF = 10
const BOM = 0xfeff

/**
 * Incremental parser of `text/event-stream` (WHATWG HTML, "server-sent events"). Bytes go in as they come; every
 * complete event with data goes out at once. A chunk is decoded up to its last line break in one go: a line break
 * never stands inside a UTF-8 sequence, so no character is ever split.
 * `onEvent` gets the data (lines joined by LF) and the event name, `''` when it has none.
 */
export class SseParser {
  readonly #onEvent: (data: string, name: string) => void
  /** Bytes after the last line break. */
  #held = empty
  #heldSize = 0
  #data: string | undefined
  #name = ''
  /** The text so far ended in CR, so an LF at the start of the next belongs to it. */
  #afterCr = false
  #first = true
  /** Start of a line that is no SSE but looks like JSON: some upstreams send a bare error object. */
  stray = ''

  constructor(onEvent: (data: string, name: string) => void) {
    this.#onEvent = onEvent
  }

  /** Throws `RangeError` when a line or an event is longer than `MAX_EVENT_SIZE`. */
  push(chunk: Buffer): void {
    const end = Math.max(chunk.lastIndexOf(LF), chunk.lastIndexOf(CR)) + 1
    if (end === 0) {
      this.#hold(chunk)
      return
    }
    let text: string
    if (this.#heldSize === 0) text = chunk.toString('utf8', 0, end)
    else {
      this.#hold(chunk.subarray(0, end))
      text = this.#held.toString('utf8', 0, this.#heldSize)
      this.#heldSize = 0
      if (this.#held.length > KEPT_CAPACITY) this.#held = empty
    }
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    this.#lines(text)
  }

  /** The stream ended well. Unlike a browser, accepts a last event without its blank line: some upstreams forget it. */
  end(): void {
    if (this.#heldSize > 0) this.push(Buffer.from('\n'))
    this.#dispatch()
  }

  /** Copies: a view would keep the whole network read alive, and a line may come in very many small reads. */
  #hold(bytes: Buffer): void {
    const size = this.#heldSize + bytes.length
    if (size > MAX_EVENT_SIZE) throw new RangeError('a line of the event stream is too long')
    if (size > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(4096, 2 * size))
      this.#held.copy(larger, 0, 0, this.#heldSize)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#heldSize)
    this.#heldSize = size
  }

  #lines(raw: string): void {
    let at = 0
    if (this.#first) {
      this.#first = false
      if (raw.charCodeAt(0) === BOM) at = 1
    }
    if (this.#afterCr && raw.charCodeAt(at) === LF) at++
    this.#afterCr = raw.charCodeAt(raw.length - 1) === CR
    const text = raw.includes('\r', at) ? raw.slice(at).replace(/\r\n?/g, '\n') : raw
    if (text !== raw) at = 0
    while (at < text.length) {
      const end = text.indexOf('\n', at)
      if (end === at) this.#dispatch()
      else this.#line(text, at, end)
      at = end + 1
    }
  }

  #line(text: string, at: number, end: number): void {
    if (text.startsWith('data:', at)) {
      const value = fieldValue(text, at + 5, end)
      if (this.#data === undefined) this.#data = value
      else if (this.#data.length + value.length > MAX_EVENT_SIZE) throw new RangeError('an event is too long')
      else this.#data += `\n${value}`
    } else if (text.startsWith('event:', at)) {
      this.#name = fieldValue(text, at + 6, end)
    } else if (text.startsWith('error:', at)) {
      // llama.cpp's spelling of a failure.
      this.#name = 'error'
      this.#data = fieldValue(text, at + 6, end)
    } else if (this.stray === '' && text.charCodeAt(at) === 0x7b) {
      this.stray = text.slice(at, Math.min(end, at + 4096))
    }
  }

  #dispatch(): void {
    const data = this.#data
    const name = this.#name
    this.#data = undefined
    this.#name = ''
    if (data) this.#onEvent(data, name)
  }
}

/** The field's value: one space after the colon belongs to the syntax. */
function fieldValue(text: string, at: number, end: number): string {
  return text.slice(text.charCodeAt(at) === 0x20 ? at + 1 : at, end)
}
