import { Nullable } from '../primitives.js'
import { type Static, type TSchema, Type } from '../type.js'

/** A schema that OpenAPI lists under `components.schemas` by its `$id`. */
export type Named<T extends TSchema> = T & { readonly $id: string }

/** Names a schema, so that the OpenAPI document and generated SDKs have a type of that name. */
export function named<T extends TSchema>($id: string, schema: T): Named<T> {
  return { ...schema, $id }
}

/** Refers to a named schema and keeps its static type. */
export function ref<T extends TSchema>(schema: Named<T>) {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

/** Optional, and null means the same as absent, as in OpenAI's API. */
export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(Nullable(schema))
}
