import type { Json5Node, Member } from './node.js'
import { positionAt } from './node.js'
import { Scanner } from './scanner.js'

/** Nesting that no config needs; keeps a hostile file from exhausting the stack. */
const maxDepth = 128

/**
 * Parses a JSON5 text (https://spec.json5.org) to a tree with offsets.
 * @throws Json5SyntaxError with line, column and what to do.
 */
export function parseJson5(text: string): Json5Node {
  const scanner = new Scanner(text)
  scanner.blank()
  if (scanner.peek() === '') scanner.fail('The file holds no value. Write {} for an empty config.')
  const root = value(scanner, 0)
  scanner.blank()
  if (scanner.peek() !== '') scanner.unexpected('the end of the file')
  return root
}

function value(scanner: Scanner, depth: number): Json5Node {
  const start = scanner.offset
  const character = scanner.peek()
  if (depth > maxDepth) scanner.fail(`The value is nested deeper than ${maxDepth} levels.`)
  if (character === '{') return object(scanner, depth)
  if (character === '[') return array(scanner, depth)
  if (character === '"' || character === "'")
    return { kind: 'scalar', value: scanner.string(), start, end: scanner.offset }
  if (/[-+.0-9IN]/.test(character)) return { kind: 'scalar', value: scanner.number(), start, end: scanner.offset }
  const word = scanner.name()
  if (word === 'true' || word === 'false') return { kind: 'scalar', value: word === 'true', start, end: scanner.offset }
  if (word === 'null') return { kind: 'scalar', value: null, start, end: scanner.offset }
  if (word !== '') scanner.fail(`${word} is not a value. Put text in quotes: "${word}".`, start)
  scanner.unexpected('a value')
}

function object(scanner: Scanner, depth: number): Json5Node {
  const start = scanner.offset
  const members: Member[] = []
  scanner.offset++
  for (;;) {
    scanner.blank()
    if (scanner.take('}')) return { kind: 'object', members, start, end: scanner.offset }
    unclosed(scanner, start, '}')
    members.push(member(scanner, depth))
    scanner.blank()
    if (scanner.take(',')) continue
    unclosed(scanner, start, '}')
    if (scanner.peek() !== '}') scanner.unexpected('"," or "}"')
  }
}

function member(scanner: Scanner, depth: number): Member {
  const keyStart = scanner.offset
  const quoted = scanner.peek() === '"' || scanner.peek() === "'"
  const key = quoted ? scanner.string() : scanner.name()
  if (!quoted && key === '') scanner.unexpected('a key (put keys with "-", "." or "*" in quotes)')
  const keyEnd = scanner.offset
  scanner.blank()
  if (!scanner.take(':')) scanner.unexpected(`":" after the key ${JSON.stringify(key)}`)
  scanner.blank()
  return { key, keyStart, keyEnd, value: value(scanner, depth + 1) }
}

function array(scanner: Scanner, depth: number): Json5Node {
  const start = scanner.offset
  const items: Json5Node[] = []
  scanner.offset++
  for (;;) {
    scanner.blank()
    if (scanner.take(']')) return { kind: 'array', items, start, end: scanner.offset }
    unclosed(scanner, start, ']')
    items.push(value(scanner, depth + 1))
    scanner.blank()
    if (scanner.take(',')) continue
    unclosed(scanner, start, ']')
    if (scanner.peek() !== ']') scanner.unexpected('"," or "]"')
  }
}

/** At the end of the file the useful place is where the bracket was opened. */
function unclosed(scanner: Scanner, start: number, bracket: string): void {
  if (scanner.peek() !== '') return
  const { line, column } = positionAt(scanner.text, start)
  scanner.fail(`The file ends too early: "${bracket}" is missing for line ${line}, column ${column}.`)
}
