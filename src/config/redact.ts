import type { Config } from '../../schemas/config/index.js'
import { setOwn } from './json5/node.js'
import { alternatives, type SchemaNode, schemaOfKey } from './schema-node.js'
import { isTree, type Tree } from './tree.js'

/** Stands for a secret on the way out; refused on the way in. */
export const redacted = '__OPENCLAW_REDACTED__'

/** Key names that hold secrets in sections whose keys we do not know (plugins and the like). */
export const secretName =
  /(?:token|secret|password|passwd|passphrase|api[-_]?key|private[-_]?key|authorization|credentials?)$/i
/** `scheme://user:password@host`, and `?token=` and the like. */
const urlWithPassword = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i
const urlWithKey = /^[a-z][a-z0-9+.-]*:\/\/\S*[?&][\w-]*(?:token|key|secret|password|signature|sig)=[^&#\s]/i

/** A copy in which every secret is the placeholder. References to secrets stay: they are not secret. */
export async function redactConfig(config: Config): Promise<Config> {
  const copy: Config = await redactAuthored(config)
  return copy
}

/** The same for a tree that may not be valid. */
export async function redactAuthored(tree: Tree): Promise<Tree> {
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  return redactTree(tree, ConfigSchema)
}

function redactTree(tree: Tree, schema: SchemaNode | undefined): Tree {
  const copy: Tree = {}
  for (const [key, value] of Object.entries(tree)) {
    const inner = schema && schemaOfKey(schema, key)
    setOwn(copy, key, redactValue(value, inner, isUnknown(inner) && (secretName.test(key) || key === 'headers')))
  }
  return copy
}

/** True where the schema says nothing: then only the name of a key tells what it holds. */
const isUnknown = (schema: SchemaNode | undefined) =>
  schema === undefined || (schema.type === undefined && schema.anyOf === undefined && schema['x-secret'] !== true)

function redactValue(value: unknown, schema: SchemaNode | undefined, named: boolean): unknown {
  const secret = named || schema?.['x-secret'] === true
  if (typeof value === 'string')
    return value !== '' && (secret || urlWithPassword.test(value) || urlWithKey.test(value)) ? redacted : value
  if (Array.isArray(value)) return value.map((item) => redactValue(item, schema?.items, secret))
  if (!isTree(value)) return value
  if (secret) return isReference(value) ? value : redacted
  return redactTree(value, schema && objectOf(schema, value))
}

/** The alternative of a union that describes this object, as far as that matters here. */
function objectOf(schema: SchemaNode, value: Tree): SchemaNode | undefined {
  const objects = alternatives(schema).filter((one) => one.type === 'object')
  return objects.find((one) => one.properties?.source?.const === value.source) ?? objects[0]
}

const isReference = (value: Tree) =>
  typeof value.source === 'string' && typeof value.id === 'string' && Object.keys(value).length <= 3

/** True when the placeholder stands anywhere in the value. */
export function holdsRedacted(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(redacted)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(holdsRedacted)
}
