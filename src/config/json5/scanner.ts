import { describeAt, Json5SyntaxError } from './error.js'

// JSON5 1.0.0 section 5.1: names follow ES 5.1 section 7.6.
const nameStart = /[$_\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{Nl}]/u
const namePart = /[$_\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]|\u200c|\u200d/u
const space = /[\s\ufeff]/u
const numberText =
  /[+-]?(?:0[xX][0-9a-fA-F]+|(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity|NaN)/y
const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Reads the words of a JSON5 text: blanks, names, strings and numbers (JSON5 1.0.0). */
export class Scanner {
  readonly text: string
  offset = 0

  constructor(text: string) {
    this.text = text
  }

  /** Throws: what was wanted, and what stands there instead. */
  fail(message: string, offset = this.offset): never {
    throw new Json5SyntaxError(message, this.text, offset)
  }

  unexpected(wanted: string): never {
    this.fail(`Expected ${wanted}, found ${describeAt(this.text, this.offset)}.`)
  }

  peek(): string {
    return this.text.charAt(this.offset)
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false
    this.offset++
    return true
  }

  /** Skips white space and comments. */
  blank(): void {
    for (;;) {
      const character = this.peek()
      if (character === '/') this.comment()
      else if (character !== '' && (character === ' ' || character === '\n' || space.test(character))) this.offset++
      else return
    }
  }

  private comment(): void {
    const start = this.offset
    if (this.text.startsWith('//', start)) {
      const rest = /[\n\r\u2028\u2029]/g
      rest.lastIndex = start
      this.offset = rest.exec(this.text)?.index ?? this.text.length
    } else if (this.text.startsWith('/*', start)) {
      const end = this.text.indexOf('*/', start + 2)
      if (end < 0) this.fail('This comment is not closed. Add "*/".', start)
      this.offset = end + 2
    } else this.fail('A single "/" is not a comment. Write "//" or "/* */".', start)
  }

  /** An unquoted name, possibly with `\uXXXX` escapes; empty when there is none. */
  name(): string {
    let name = ''
    for (;;) {
      const escaped = this.peek() === '\\'
      const start = this.offset
      const character = escaped ? this.nameEscape() : this.character()
      const fits = character !== '' && (name === '' ? nameStart : namePart).test(character)
      if (!fits) {
        this.offset = start
        if (escaped) this.fail('This escape is not allowed in a key. Put the key in quotes.', start)
        return name
      }
      name += character
      if (!escaped) this.offset += character.length
    }
  }

  private character(): string {
    const point = this.text.codePointAt(this.offset)
    return point === undefined ? '' : String.fromCodePoint(point)
  }

  private nameEscape(): string {
    this.offset++
    if (!this.take('u')) return ''
    return this.hexadecimal(4)
  }

  string(): string {
    const start = this.offset
    const quote = this.peek()
    this.offset++
    let value = ''
    for (;;) {
      const character = this.peek()
      if (character === '' || character === '\n' || character === '\r')
        this.fail(`This string is not closed. Add ${quote} at its end.`, start)
      this.offset++
      if (character === quote) return value
      value += character === '\\' ? this.escape() : character
    }
  }

  private escape(): string {
    const character = this.peek()
    this.offset++
    if (character === 'u') return this.hexadecimal(4)
    if (character === 'x') return this.hexadecimal(2)
    if (character === '\r') {
      this.take('\n')
      return ''
    }
    if (character === '\n' || character === '\u2028' || character === '\u2029') return ''
    if (/[0-9]/.test(character)) {
      if (character === '0' && !/[0-9]/.test(this.peek())) return '\0'
      this.fail('Octal escapes are not allowed. For a backslash write "\\\\".', this.offset - 2)
    }
    return simpleEscapes[character] ?? character
  }

  private hexadecimal(digits: number): string {
    const code = this.text.slice(this.offset, this.offset + digits)
    if (code.length < digits || /[^0-9a-fA-F]/.test(code))
      this.fail(`Expected ${digits} hexadecimal digits. For a backslash write "\\\\".`)
    this.offset += digits
    return String.fromCharCode(Number.parseInt(code, 16))
  }

  number(): number {
    numberText.lastIndex = this.offset
    const found = numberText.exec(this.text)?.[0]
    if (found === undefined) this.unexpected('a number')
    const end = this.offset + found.length
    // `1abc`, `012`: a name or digit directly behind is a mistake, not the next word.
    if (namePart.test(this.text.charAt(end)) || this.text.charAt(end) === '.')
      this.fail('This is not a number. Put text in quotes.')
    this.offset = end
    return toNumber(found)
  }
}

function toNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  // Number() reads hexadecimal and decimal alike, but no sign before hexadecimal.
  return sign * Number(text.replace(/^[+-]/, ''))
}
