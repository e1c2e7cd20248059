import { MAX_EVENT_SIZE } from './_sse.js'

const empty = Buffer.alloc(0)
const LF = 10

/** Incremental parser of lines of JSON. Each line that is not blank goes out as it is, unparsed. */
export class NdjsonParser {
  /** A stream of lines has nothing beside them; here for those who ask any parser. */
  readonly stray = ''
  readonly #onLine: (line: string, name: string) => void
  #held: Buffer[] = []
  #heldSize = 0

  constructor(onLine: (line: string, name: string) => void) {
    this.#onLine = onLine
  }

  /** Throws `RangeError` when a line is longer than `MAX_EVENT_SIZE`. */
  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(LF) + 1
    if (end === 0) {
      this.#hold(chunk)
      return
    }
    const head = chunk.subarray(0, end)
    const text = (this.#heldSize === 0 ? head : Buffer.concat([...this.#held, head])).toString('utf8')
    this.#held = []
    this.#heldSize = 0
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    for (const line of text.split('\n')) if (line.trim() !== '') this.#onLine(line, '')
  }

  /** The stream ended well; a last line needs no line break. */
  end(): void {
    if (this.#heldSize > 0) this.push(Buffer.from('\n'))
  }

  /** Copies: a view would keep the whole network read alive. */
  #hold(bytes: Buffer): void {
    this.#heldSize += bytes.length
    if (this.#heldSize > MAX_EVENT_SIZE) throw new RangeError('a line of the stream is too long')
    this.#held.push(bytes.length === 0 ? empty : Buffer.from(bytes))
  }
}
