import { type Position, positionAt } from './node.js'

/** A text that is not JSON5, with the place and what to do about it. */
export class Json5SyntaxError extends Error {
  override readonly name = 'Json5SyntaxError'
  readonly position: Position

  constructor(message: string, text: string, offset: number) {
    super(message)
    this.position = positionAt(text, offset)
  }
}

/** Punctuation of Chinese input methods that looks like JSON5 but is not. */
const fullWidth: Readonly<Record<string, string>> = {
  '，': ',',
  '：': ':',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '【': '[',
  '】': ']',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '＂': '"',
}

/** Names the character at `offset` for a message. */
export function describeAt(text: string, offset: number): string {
  const point = text.codePointAt(offset)
  if (point === undefined) return 'the end of the file'
  const character = String.fromCodePoint(point)
  const ascii = fullWidth[character]
  if (ascii) return `the full-width character ${character} (write ${ascii})`
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return `the control character U+${hex(point)}`
  return JSON.stringify(character)
}

const hex = (point: number) => point.toString(16).toUpperCase().padStart(4, '0')
