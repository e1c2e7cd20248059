import type { SchemaNode } from './schema-node.js'

/** Secrets of the config by path, with `*` for the names of maps and the entries of lists; forms mask them. */
export async function secretHints(): Promise<Record<string, { readonly sensitive: true }>> {
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  const hints: Record<string, { readonly sensitive: true }> = {}
  collect(ConfigSchema, '', hints)
  return hints
}

function collect(schema: SchemaNode, path: string, hints: Record<string, { readonly sensitive: true }>): void {
  if (schema['x-secret']) {
    hints[path] = { sensitive: true }
    return
  }
  const below = (key: string) => (path === '' ? key : `${path}.${key}`)
  for (const [key, inner] of Object.entries(schema.properties ?? {})) collect(inner, below(key), hints)
  for (const inner of Object.values(schema.patternProperties ?? {})) collect(inner, below('*'), hints)
  if (schema.items) collect(schema.items, below('*'), hints)
  for (const one of schema.anyOf ?? []) collect(one, path, hints)
}
