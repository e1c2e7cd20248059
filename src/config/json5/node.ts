/** A JSON5 text as a tree that knows where everything stands. Offsets count UTF-16 units from the start of the text. */
export type Json5Node = ObjectNode | ArrayNode | ScalarNode

interface Span {
  readonly start: number
  /** First offset after the node. */
  readonly end: number
}

export interface ObjectNode extends Span {
  readonly kind: 'object'
  readonly members: readonly Member[]
}

export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly keyEnd: number
  readonly value: Json5Node
}

export interface ArrayNode extends Span {
  readonly kind: 'array'
  readonly items: readonly Json5Node[]
}

export interface ScalarNode extends Span {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
}

/** Object keys and array positions from the root. */
export type Path = readonly (string | number)[]

/** The plain value of a node. Of a repeated key the last one counts, as everywhere in JSON. */
export function toValue(node: Json5Node): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'array') return node.items.map(toValue)
  const value: Record<string, unknown> = {}
  for (const member of node.members) setOwn(value, member.key, toValue(member.value))
  return value
}

/** Sets a key even when it is called `__proto__`, which assignment would turn into a prototype change. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else target[key] = value
}

/** The member that counts for `key`: the last one. */
export function memberOf(node: ObjectNode, key: string): Member | undefined {
  return node.members.findLast((member) => member.key === key)
}

/** The node at `path`, or undefined when the text does not hold it. */
export function nodeAt(root: Json5Node, path: Path): Json5Node | undefined {
  let node: Json5Node | undefined = root
  for (const step of path) {
    if (node?.kind === 'object') node = memberOf(node, String(step))?.value
    else if (node?.kind === 'array') node = node.items[Number(step)]
    else return undefined
  }
  return node
}

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number
}

export function positionAt(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (const match of text.matchAll(/\r\n?|\n/g)) {
    const next = match.index + match[0].length
    if (next > offset) break
    line++
    lineStart = next
  }
  return { line, column: offset - lineStart + 1 }
}
