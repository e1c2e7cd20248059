import type { SchemaNode } from '../src/config/schema-node.js'

/** A line longer than this is broken up, in characters. */
const maxLine = 100

/** A schema as a reader of TypeScript would write it; what does not fit on a line gets one line for each key. */
export function shapeText(schema: SchemaNode, indent = ''): string {
  const line = oneLine(schema)
  if (line.length + indent.length <= maxLine) return line
  if (schema.anyOf) return schema.anyOf.map((one) => shapeText(one, indent)).join(' | ')
  if (schema.type === 'array') return `${shapeText(schema.items ?? {}, indent)}[]`
  if (schema.type !== 'object') return line
  const inner = `${indent}  `
  const lines = membersOf(schema).map(([name, value]) => {
    const note = value.description ? ` // ${value.description}` : ''
    return `${inner}${name}: ${shapeText(value, inner)}${note}`
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function oneLine(schema: SchemaNode): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(oneLine).join(' | ')
  switch (schema.type) {
    case 'array':
      return arrayOf(schema.items ?? {})
    case 'object':
      return objectLine(schema)
    case undefined:
      return 'any'
    default:
      return schema.type + bounds(schema)
  }
}

function arrayOf(items: SchemaNode): string {
  const line = oneLine(items)
  return line.includes(' | ') && !line.startsWith('{') ? `(${line})[]` : `${line}[]`
}

function objectLine(schema: SchemaNode): string {
  const members = membersOf(schema).map(([name, value]) => `${name}: ${oneLine(value)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function membersOf({ properties = {}, patternProperties = {}, required = [] }: SchemaNode): [string, SchemaNode][] {
  const named = Object.entries(properties).map(([name, value]): [string, SchemaNode] => [
    `${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)}${required.includes(name) ? '' : '?'}`,
    value,
  ])
  return [...named, ...Object.values(patternProperties).map((value): [string, SchemaNode] => ['[key]', value])]
}

/** `integer 1..5000`, `string of 1..512`; nothing for "not empty", which goes without saying. */
function bounds({ minimum, maximum, maxLength }: SchemaNode): string {
  if (maximum !== undefined) return ` ${minimum ?? ''}..${maximum}`
  return maxLength === undefined ? '' : ` up to ${maxLength}`
}
