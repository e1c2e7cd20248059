import { alternatives, type SchemaNode } from './schema-node.js'

/** What a schema accepts, for "Expected …". */
export function describeSchema(schema: SchemaNode): string {
  const words = [...new Set(alternatives(schema).map(describeOne))]
  return words.join(' or ')
}

function describeOne(schema: SchemaNode): string {
  if (schema.enum) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  switch (schema.type) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${range(schema)}`
    case 'number':
      return `a number${range(schema)}`
    case 'array':
      return `a list${schema.items?.type === 'string' ? ' of texts' : ''}`
    case 'object':
      return schema.properties?.source ? 'a secret reference {source, provider, id}' : 'an object { … }'
    default:
      return schema.type ?? 'a value'
  }
}

function range({ minimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

/** Longest value that is shown in a message, in characters. */
const maxShown = 60

/** What stands there, for "found …". Values of secret fields are never shown. */
export function describeValue(value: unknown, secret: boolean): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return secret ? `a ${typeof value}` : `${typeof value} ${String(value)}`
  if (secret) return 'text'
  const shown = value.length > maxShown ? `${value.slice(0, maxShown)}…` : value
  return `the text ${JSON.stringify(shown)}`
}

/** How to write the value so that it fits, when that is plain. */
export function repair(value: unknown, schema: SchemaNode, secret: boolean): string | undefined {
  const types = alternatives(schema).map((one) => one.type)
  const numeric = types.includes('integer') || types.includes('number')
  if (typeof value === 'string') {
    if (/\$\{[A-Z_][A-Z0-9_]*\}/.test(value) && !types.includes('string'))
      return `\${VAR} always gives text; write the value itself.`
    if (numeric && /^-?\d+(\.\d+)?$/.test(value)) return `Write ${value} without quotes.`
    if (types.includes('boolean') && /^(true|false)$/i.test(value))
      return `Write ${value.toLowerCase()} without quotes.`
    if (types.includes('boolean') && /^(yes|on|1)$/i.test(value)) return 'Write true.'
    if (types.includes('boolean') && /^(no|off|0)$/i.test(value)) return 'Write false.'
  }
  if (types.includes('array') && value !== null && typeof value !== 'object')
    return secret ? 'Put it in brackets.' : `Put it in brackets: [${JSON.stringify(value)}].`
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean'))
    return secret ? 'Put it in quotes.' : `Put it in quotes: "${value}".`
  return undefined
}
