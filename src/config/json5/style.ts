import type { Json5Node } from './node.js'

/** How a text is written, so that what is added looks like what is there. */
export interface Style {
  /** One step of indentation. */
  readonly unit: string
  readonly newline: string
  /** True: keys stand in quotes, as in plain JSON. */
  readonly quoted: boolean
}

export function styleOf(text: string, root: Json5Node): Style {
  return {
    unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ',
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    quoted: !hasBareKey(text, root),
  }
}

function hasBareKey(text: string, node: Json5Node): boolean {
  if (node.kind === 'scalar') return false
  if (node.kind === 'array') return node.items.some((item) => hasBareKey(text, item))
  return node.members.some((member) => !/["']/.test(text.charAt(member.keyStart)) || hasBareKey(text, member.value))
}

const bareKey = /^[A-Za-z_$][A-Za-z0-9_$]*$/

export function renderKey(key: string, style: Style): string {
  return !style.quoted && bareKey.test(key) ? key : JSON.stringify(key)
}

/** The value as text. With an indent it takes several lines, without one a single line. */
export function renderValue(value: unknown, style: Style, indent: string | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = indent === undefined ? undefined : indent + style.unit
  const parts = Array.isArray(value)
    ? value.map((item) => renderValue(item, style, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${renderKey(key, style)}: ${renderValue(item, style, inner)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  if (Array.isArray(value) && fitsOneLine(parts)) return `[${parts.join(', ')}]`
  if (indent === undefined) return Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  const glue = `,${style.newline}${inner}`
  return `${open}${style.newline}${inner}${parts.join(glue)}${style.newline}${indent}${close}`
}

/** Short lists of plain values read better on one line. Width in characters. */
const lineWidth = 80

function fitsOneLine(parts: readonly string[]): boolean {
  return parts.join(', ').length <= lineWidth && parts.every((part) => !/[\n{[]/.test(part))
}
