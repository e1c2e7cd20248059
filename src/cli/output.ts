import type { Sink } from './io.js'

type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'

/** SGR codes (ECMA-48 8.3.117): on and off. */
const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
}

const nobody: Sink = { write: () => {} }

export interface OutputOptions {
  readonly stdout: Sink
  readonly stderr: Sink
  /** The caller reads stdout with a JSON parser. */
  readonly json: boolean
  /** The user or the environment forbids colours; without it they are used on terminals only. */
  readonly noColor: boolean
}

/**
 * The only way to the terminal. With `json`, stdout gets exactly one JSON value; text for people goes to stdout
 * otherwise, and remarks and errors always to stderr.
 */
export class Output {
  readonly json: boolean
  #stdout: Sink
  #stderr: Sink
  readonly #noColor: boolean

  constructor({ stdout, stderr, json, noColor }: OutputOptions) {
    this.json = json
    this.#stdout = stdout
    this.#stderr = stderr
    this.#noColor = noColor
  }

  /** The outcome of a command: `value` for programs, `lines` for people. */
  result(value: unknown, lines: () => readonly string[]): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    else this.lines(lines())
  }

  /** Lines for people on stdout; nothing when a program reads it. */
  lines(lines: readonly string[]): void {
    if (!this.json && lines.length > 0) this.#stdout.write(`${lines.join('\n')}\n`)
  }

  /** Text that is itself the outcome, such as a script, whoever reads it. */
  raw(text: string): void {
    this.#stdout.write(text)
  }

  /** A remark beside the outcome, on stderr. */
  note(text: string): void {
    this.#stderr.write(`${this.#styled(this.#stderr, text, 'dim')}\n`)
  }

  /** An error block, on stderr; and its JSON form on stdout for programs. */
  failure(headline: string, lines: readonly string[], envelope: unknown): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(envelope, null, 2)}\n`)
    const head = `${this.#styled(this.#stderr, '[openclaw]', 'red')} ${headline}`
    this.#stderr.write(`${[head, ...lines].join('\n')}\n`)
  }

  /** From now on nothing goes out: the process is about to end of a signal. */
  mute(): void {
    this.#stdout = nobody
    this.#stderr = nobody
  }

  /** True when text on stdout may be coloured. */
  get colours(): boolean {
    return !this.#noColor && this.#stdout.isTTY === true
  }

  /** Colours a text that goes to stdout. */
  style(text: string, colour: Colour): string {
    return this.#styled(this.#stdout, text, colour)
  }

  #styled(sink: Sink, text: string, colour: Colour): string {
    if (this.#noColor || sink.isTTY !== true) return text
    const [on, off] = codes[colour]
    return `\u001B[${on}m${text}\u001B[${off}m`
  }
}
