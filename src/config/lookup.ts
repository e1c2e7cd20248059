import type { Path } from './json5/node.js'
import { alternatives, type SchemaNode, schemaOfKey } from './schema-node.js'

/** The schemas that a path may have: several where a value may take several shapes, none when there is no such key. */
export function schemasAt(root: SchemaNode, path: Path): readonly SchemaNode[] {
  let here = alternatives(root)
  for (const step of path) here = here.flatMap((schema) => inside(schema, step)).flatMap(alternatives)
  return here
}

function inside(schema: SchemaNode, step: string | number): SchemaNode[] {
  if (schema.type === 'array') return schema.items && /^\d+$/.test(String(step)) ? [schema.items] : []
  const known = schemaOfKey(schema, String(step))
  if (known) return [known]
  // Sections of plugins and values without a schema may hold anything.
  const open = schema.type === undefined || (schema.type === 'object' && schema.additionalProperties === true)
  return open && schema.enum === undefined && schema.const === undefined ? [{}] : []
}
