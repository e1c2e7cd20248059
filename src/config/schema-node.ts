/** The part of JSON Schema that our schemas use, as data. TypeBox schemas are of this form. */
export interface SchemaNode {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly string[]
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | SchemaNode
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly 'x-secret'?: boolean
}

/** The schema of a key of an object, from `properties` or the pattern that fits. */
export function schemaOfKey(schema: SchemaNode, key: string): SchemaNode | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key]
  for (const [pattern, value] of Object.entries(schema.patternProperties ?? {})) {
    if (new RegExp(pattern).test(key)) return value
  }
  return undefined
}

/** All alternatives of a schema, nested unions taken apart. */
export function alternatives(schema: SchemaNode): readonly SchemaNode[] {
  return schema.anyOf ? schema.anyOf.flatMap(alternatives) : [schema]
}
