import type { Random } from '../helper/random.js'

/** What a generator needs of a JSON schema. */
export interface Shape {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Shape[]
}

/** Values that parsers, maps and validators have stumbled over before. */
const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  0.1,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '$' + '{HOME}',
  'agent:main:main',
  'x'.repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
  { toString: 1 },
]

/** A value that is mostly of the shape, and sometimes anything. */
export function sample(random: Random, shape: Shape | undefined, depth = 0): unknown {
  if (!shape || depth > 6 || random.chance(0.08)) return random.pick(nasty)
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return random.pick(shape.enum)
  if (shape.anyOf) return sample(random, random.pick(shape.anyOf), depth + 1)
  const type = typeof shape.type === 'object' ? random.pick(shape.type) : shape.type
  if (type === 'object') {
    const entries = Object.entries(shape.properties ?? {})
      .filter(() => random.chance(0.7))
      .map(([key, inner]) => [random.chance(0.03) ? '__proto__' : key, sample(random, inner, depth + 1)])
    return Object.fromEntries(entries)
  }
  if (type === 'array') return Array.from({ length: random.below(4) }, () => sample(random, shape.items, depth + 1))
  if (type === 'string')
    return random.pick(['main', 'a', 'agent:main:main', 'x-1', '2026-01-01', String(random.next())])
  if (type === 'integer' || type === 'number')
    return random.pick([0, 1, 20, 200, random.below(1e6), 2 ** 53, 1e15, 1e308])
  if (type === 'boolean') return random.chance(0.5)
  return null
}

/** Breaks a text: bits, cuts, doubled parts. */
export function broken(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + String.fromCharCode(random.below(0xd7ff)) + text.slice(at + 1)
    case 2:
      return text + text
    case 3:
      return text.replace(/[{}[\]":,]/, random.pick(['', '{', ']', '"', '\\', '1']))
    default:
      return '['.repeat(1 + random.below(3_000))
  }
}
