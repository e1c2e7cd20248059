import type { Readable } from 'node:stream'

const maxLines = 20
const maxLineLength = 500

/** The last lines of what a program prints, without its debug lines; bounded, however much it prints. */
export class LineTail {
  readonly #lines: string[] = []
  #rest = ''

  get lines(): readonly string[] {
    return this.#lines
  }

  /** Reads to the end of the stream; `onLine` sees every line, the debug lines too. */
  follow(stream: Readable, onLine: (line: string) => void): void {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.#rest + text).split('\n')
      this.#rest = (parts.pop() ?? '').slice(-maxLineLength)
      for (const line of parts) this.#take(line, onLine)
    })
    stream.on('error', () => {})
    stream.on('end', () => this.#take(this.#rest, onLine))
  }

  #take(raw: string, onLine: (line: string) => void): void {
    // It goes to a terminal: no control characters.
    const line = raw.replace(/[\p{Cc}]/gu, '').slice(0, maxLineLength)
    onLine(line)
    if (line === '' || /^(?:debug\d|OpenSSH_|Authenticated to |Transferred: |Bytes per second)/.test(line)) return
    this.#lines.push(line)
    if (this.#lines.length > maxLines) this.#lines.shift()
  }
}
