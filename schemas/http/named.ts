import { type Static, type TSchema, Type } from '@sinclair/typebox'

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

/** `T | null`, in the spelling that both SDK generators understand (spec/http.md 11.1). */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** Optional, and null means the same as absent, as in OpenAI's API. */
export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(nullable(schema))
}

/** A string enum as OpenAPI tools want it: one `enum`, not a union of constants. */
export function words<const T extends readonly string[]>(values: T, options: { description?: string } = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })
}
