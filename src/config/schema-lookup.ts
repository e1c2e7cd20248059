import { GatewayError } from '../kernel/errors.js'
import type { Path } from './json5/node.js'
import { parsePath } from './path.js'
import { type ReloadClass, reloadClassOf } from './reload-classes.js'
import { alternatives, type SchemaNode, schemaOfKey } from './schema-node.js'

/** What forms need to know of a key beside its schema. */
export interface SchemaHint {
  readonly help?: string
  readonly sensitive?: true
}

export interface SchemaChild {
  readonly key: string
  readonly path: string
  readonly type?: string | string[]
  readonly required: boolean
  readonly hasChildren: boolean
  readonly reloadKind: ReloadClass
  readonly hint?: SchemaHint
}

export interface SchemaLookup {
  readonly path: string
  /** Without what is inside: `children` has that. */
  readonly schema: object
  readonly reloadKind: ReloadClass
  readonly hint?: SchemaHint
  readonly children: readonly SchemaChild[]
}

/** Stands for any key of a map and any entry of a list. */
const any = '*'

/**
 * One place of the config schema and the names inside it. `a.b`, `a[0]`, `a.*` and `a/b` are understood; `.` is the
 * whole config. Throws `config_path_unknown`.
 */
export async function lookupSchema(text: string): Promise<SchemaLookup> {
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  const path = text === '.' ? [] : parsePath(text.replaceAll('/', '.').replaceAll('[]', `[${any}]`))
  const found = path && nodesAt(ConfigSchema, path)
  if (!path || !found || found.nodes.length === 0) {
    throw new GatewayError('config_path_unknown', { message: `config schema path not found: ${text}`, param: 'path' })
  }
  const nodes = found.nodes
  return {
    path: text,
    schema: found.whole ? shallow(found.whole) : { anyOf: nodes.map(shallow) },
    reloadKind: reloadClassOf(path),
    ...hinted(found.whole ?? nodes[0]),
    children: uniqueByKey(nodes.flatMap((node) => childrenOf(node, path))),
  }
}

interface Found {
  /** The schema itself, when there is just one. */
  readonly whole: SchemaNode | undefined
  readonly nodes: readonly SchemaNode[]
}

function nodesAt(root: SchemaNode, path: Path): Found {
  let here: readonly SchemaNode[] = [root]
  for (const step of path) here = here.flatMap(alternatives).flatMap((node) => inside(node, step))
  return { whole: here.length === 1 ? here[0] : undefined, nodes: here.flatMap(alternatives) }
}

function inside(node: SchemaNode, step: string | number): SchemaNode[] {
  if (node.type === 'array') return node.items && (step === any || /^\d+$/.test(String(step))) ? [node.items] : []
  const known = schemaOfKey(node, String(step))
  if (known) return [known]
  return step === any ? Object.values(node.patternProperties ?? {}) : []
}

function childrenOf(node: SchemaNode, path: Path): SchemaChild[] {
  const named = Object.entries(node.properties ?? {})
  const rest = [...Object.values(node.patternProperties ?? {}), ...(node.items ? [node.items] : [])]
  return [...named, ...rest.map((schema): [string, SchemaNode] => [any, schema])].map(([key, schema]) => {
    const type = typesOf(schema)
    return {
      key,
      path: dotted([...path, key]),
      ...(type !== undefined && { type }),
      required: node.required?.includes(key) ?? false,
      hasChildren: alternatives(schema).some(({ properties, patternProperties, items }) =>
        Boolean(properties ?? patternProperties ?? items),
      ),
      reloadKind: reloadClassOf([...path, key]),
      ...hinted(schema),
    }
  })
}

function typesOf(schema: SchemaNode): string | string[] | undefined {
  const types = [...new Set(alternatives(schema).flatMap(({ type }) => type ?? []))]
  return types.length > 1 ? types : types[0]
}

function hinted(schema: SchemaNode = {}): { readonly hint?: SchemaHint } {
  const { description, 'x-secret': secret } = schema
  if (description === undefined && !secret) return {}
  return { hint: { ...(description !== undefined && { help: description }), ...(secret && { sensitive: true }) } }
}

/** The keywords of the schema itself. */
function shallow({ properties, patternProperties, items, anyOf, required, ...own }: SchemaNode): object {
  return { ...own, ...(anyOf && { anyOf: anyOf.map(shallow) }) }
}

function uniqueByKey(children: readonly SchemaChild[]): SchemaChild[] {
  return [...new Map(children.map((child) => [child.key, child])).values()]
}

/** Only the characters that `config.schema.lookup` takes. */
function dotted(path: Path): string {
  return path.map(String).join('.')
}
