import { ConfigSchema } from '../schemas/config/index.js'
import { describeSchema } from '../src/config/describe.js'
import { reloadClassOf } from '../src/config/reload-classes.js'
import { alternatives, type SchemaNode } from '../src/config/schema-node.js'
import { configIntro, oldSpellings } from './config-text.js'

/** docs/config-reference.md, from the schema that checks the file. */
export function configPage(): string {
  const sections = Object.entries(ConfigSchema.properties).map(([key, schema]) => sectionOf(key, schema))
  const old = table(
    ['older spelling', 'written now'],
    oldSpellings.map((pair) => pair.map(code)),
  )
  return `${configIntro}\n${sections.join('\n')}\n## Older spellings\n\nThey are read and mapped, each with a warning. When both are set, the newer one wins.\n\n${old}\n`
}

interface Row {
  readonly path: string
  readonly schema: SchemaNode
}

function sectionOf(key: string, schema: SchemaNode): string {
  const rows = key === 'channels' ? channelRows(schema) : rowsOf(schema, key, new Map())
  const title = `## ${key}\n\n${schema.description ?? ''}\n`
  if (rows.length === 0) return `${title}\n${kind(schema)}; ${change(key)}.\n`
  const cells = rows.map(({ path, schema: row }) => [
    code(path),
    kind(row),
    byDefault(row),
    change(path),
    row.description ?? '',
  ])
  return `${title}\n${table(['key', 'value', 'default', 'change', 'meaning'], cells)}\n`
}

/** Keys of all channels once, then what each channel adds. */
function channelRows(schema: SchemaNode): Row[] {
  const { defaults, ...channels } = schema.properties ?? {}
  const common = rowsOf(defaults ?? {}, 'channels.<id>', new Map())
  const shared = new Set(Object.keys(defaults?.properties ?? {}))
  const own = Object.entries(channels).flatMap(([id, channel]) => {
    const keys = Object.entries(channel.properties ?? {}).filter(([key]) => !shared.has(key) && key !== 'accounts')
    const path = `channels.${id}`
    return [{ path, schema: channel }, ...keys.flatMap(([key, inner]) => withInner(`${path}.${key}`, inner, new Map()))]
  })
  const accounts: Row = {
    path: 'channels.<id>.accounts.<name>',
    schema: { type: 'object', description: 'A further account, with the same keys as the channel.' },
  }
  return [{ path: 'channels.defaults', schema: defaults ?? {} }, ...common, accounts, ...own]
}

function rowsOf(schema: SchemaNode, path: string, seen: Map<string, string>): Row[] {
  return alternatives(schema).flatMap((one) => {
    const keys = Object.entries(one.properties ?? {}).flatMap(([key, inner]) => withInner(join(path, key), inner, seen))
    const named = Object.values(one.patternProperties ?? {}).flatMap((inner) =>
      namedRows(`${path}.<name>`, inner, seen),
    )
    const items = one.items && alternatives(one.items).some(hasKeys) ? rowsOf(one.items, `${path}[]`, seen) : []
    return [...keys, ...named, ...items]
  })
}

/** Free names are worth a row when there is something to say of them. */
function namedRows(path: string, schema: SchemaNode, seen: Map<string, string>): Row[] {
  return schema.description || alternatives(schema).some(hasKeys) ? withInner(path, schema, seen) : []
}

/** A key and what is inside it; a shape that was written out before is only named. */
function withInner(path: string, schema: SchemaNode, seen: Map<string, string>): Row[] {
  const shape = JSON.stringify({ ...schema, description: undefined })
  const before = seen.get(shape)
  // Short shapes are quicker read again than looked up.
  const large = shape.length > 600 && !schema['x-secret']
  if (before !== undefined && large)
    return [{ path, schema: { ...schema, description: `${schema.description ?? ''} Keys as in \`${before}\`.` } }]
  if (large) seen.set(shape, path)
  const inner = rowsOf(schema, path, seen)
  // `source: "env"` and the like say no more than the row above them.
  return [
    { path, schema },
    ...inner.filter((row) => row.schema.const === undefined && !isReferencePart(schema, row.path, path)),
  ]
}

/** Secret references are explained once, in the introduction. */
function isReferencePart(schema: SchemaNode, path: string, parent: string): boolean {
  const isReference = alternatives(schema).some((one) => one.properties?.source && one.properties.id)
  return isReference && /^\.(?:source|provider|id)$/.test(path.slice(parent.length))
}

const hasKeys = (schema: SchemaNode) => schema.properties !== undefined || schema.patternProperties !== undefined
const join = (path: string, key: string) => `${path}.${key}`

function kind(schema: SchemaNode): string {
  if (schema['x-secret'] && schema.anyOf) return 'secret'
  if (!schema.type && !schema.anyOf) return 'anything'
  return describeSchema(schema)
    .replace('an object { … }', 'object')
    .replace(/^one of /, '')
    .replaceAll(', ', ' \\| ')
}

function byDefault(schema: SchemaNode): string {
  return schema.default === undefined ? '' : code(JSON.stringify(schema.default))
}

const words = { hot: 'live', none: 'next use', restart: 'rebuild' } as const
const change = (path: string) => words[reloadClassOf(path.replace(/\[\]|<|>/g, ''))]

const code = (text: string) => `\`${text}\``

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
