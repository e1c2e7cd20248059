import type { ArrayNode, Json5Node, Member, ObjectNode, Path } from './node.js'
import { memberOf, nodeAt } from './node.js'
import { parseJson5 } from './parse.js'
import { renderKey, renderValue, type Style, styleOf } from './style.js'
import { gapAfter, indentAt, isInline, lineEnd, removeSpan } from './text.js'

/** The place cannot hold what the edit wants to put there. */
export class EditError extends Error {
  override readonly name = 'EditError'
}

/**
 * Sets one value in a JSON5 text and leaves everything else, comments and layout too, as it is. Objects on the way are
 * made. An index one past the end of a list appends.
 * @throws Json5SyntaxError when the text is not JSON5; EditError when the path leads through something else.
 */
export function setAt(text: string, path: Path, value: unknown): string {
  const root = parseJson5(text)
  const style = styleOf(text, root)
  const target = nodeAt(root, path)
  if (target) return replaceNode(text, target, value, style)
  let depth = path.length - 1
  let parent = nodeAt(root, path.slice(0, depth))
  while (!parent) parent = nodeAt(root, path.slice(0, --depth))
  const step = path[depth] ?? ''
  const wrapped = path.slice(depth + 1).reduceRight<unknown>((inner, key) => wrap(key, inner), value)
  if (parent.kind === 'object') return insertMember(text, parent, String(step), wrapped, style)
  if (parent.kind === 'array' && step === parent.items.length) return insertItem(text, parent, wrapped, style)
  throw new EditError(
    parent.kind === 'array'
      ? `The list has ${parent.items.length} entries; ${JSON.stringify(step)} is not one of them.`
      : `Cannot set "${step}" inside a plain value.`,
  )
}

/** Takes one key or list entry out. Gives undefined when it is not there. Comments stay. */
export function unsetAt(text: string, path: Path): string | undefined {
  const root = parseJson5(text)
  const parent = path.length > 0 ? nodeAt(root, path.slice(0, -1)) : undefined
  const step = path.at(-1)
  if (parent?.kind === 'array') {
    const item = parent.items[Number(step)]
    return item && removePart(text, parent, parent.items, item.start, item.end)
  }
  if (parent?.kind !== 'object') return undefined
  // A key that is written twice goes altogether; otherwise the first one would come back.
  const member = memberOf(parent, String(step))
  if (!member) return undefined
  const values = parent.members.map(({ keyStart, value }) => ({ start: keyStart, end: value.end }))
  const without = removePart(text, parent, values, member.keyStart, member.value.end)
  return unsetAt(without, path) ?? without
}

const wrap = (key: string | number, inner: unknown) => (key === 0 ? [inner] : { [key]: inner })

function replaceNode(text: string, node: Json5Node, value: unknown, style: Style): string {
  const oneLine = node.kind !== 'scalar' && isInline(text, node.start, node.end) && node.end - node.start > 2
  const rendered = renderValue(value, style, oneLine ? undefined : indentAt(text, node.start))
  return text.slice(0, node.start) + rendered + text.slice(node.end)
}

function insertMember(text: string, parent: ObjectNode, key: string, value: unknown, style: Style): string {
  const last = parent.members.at(-1)
  const render = (indent?: string) => `${renderKey(key, style)}: ${renderValue(value, style, indent)}`
  return insertPart(text, parent, last && partOf(last), render, style)
}

const partOf = (member: Member) => ({ start: member.keyStart, end: member.value.end })

function insertItem(text: string, parent: ArrayNode, value: unknown, style: Style): string {
  return insertPart(text, parent, parent.items.at(-1), (indent) => renderValue(value, style, indent), style)
}

interface Part {
  readonly start: number
  readonly end: number
}
type Render = (indent?: string) => string

/** Adds a part behind the last one, with its comma, on its own line when the others have theirs. */
function insertPart(
  text: string,
  parent: ObjectNode | ArrayNode,
  last: Part | undefined,
  render: Render,
  style: Style,
): string {
  if (!last) return insertFirst(text, parent, render, style)
  const gap = gapAfter(text, last.end, parent.end - 1)
  if (isInline(text, last.end, parent.end)) {
    const before = text.slice(0, gap.comma ?? last.end)
    return `${before}, ${render()}${text.slice(gap.comma ?? last.end)}`
  }
  const indent = isInline(text, parent.start, last.start)
    ? indentAt(text, parent.start) + style.unit
    : indentAt(text, last.start)
  const line = `${style.newline}${indent}${render(indent)}`
  if (gap.comma !== undefined) {
    const end = lineEnd(text, gap.comma + 1, parent.end - 1)
    return `${text.slice(0, end)}${line},${text.slice(end)}`
  }
  const end = lineEnd(text, last.end, parent.end - 1)
  return `${text.slice(0, last.end)},${text.slice(last.end, end)}${line}${text.slice(end)}`
}

/** The first part of an empty object or list, behind whatever comments are in it. */
function insertFirst(text: string, parent: ObjectNode | ArrayNode, render: Render, style: Style): string {
  const outer = indentAt(text, parent.start)
  const indent = outer + style.unit
  const inside = text.slice(parent.start + 1, parent.end - 1).trimEnd()
  const head = text.slice(0, parent.start + 1) + inside
  return `${head}${style.newline}${indent}${render(indent)}${style.newline}${outer}${text.slice(parent.end - 1)}`
}

function removePart(text: string, parent: Json5Node, parts: readonly Part[], start: number, end: number): string {
  const index = parts.findIndex((part) => part.start === start)
  const gap = gapAfter(text, end, parent.end - 1)
  if (gap.comma !== undefined) {
    const withoutComma = text.slice(0, gap.comma) + text.slice(gap.comma + 1)
    return removeSpan(withoutComma, start, end)
  }
  // The last part without a comma behind it: the comma of the one before must go, plain JSON allows none there.
  const before = parts[index - 1]
  const comma = before && gapAfter(text, before.end, start).comma
  if (comma === undefined) return removeSpan(text, start, end)
  const withoutComma = text.slice(0, comma) + text.slice(comma + 1)
  return removeSpan(withoutComma, start - 1, end - 1)
}
