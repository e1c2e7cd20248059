import type { SchemaOptions, StringOptions, TSchema } from '@sinclair/typebox'
import { Type } from './type.js'

/** A string that is one of `values`. One enum, not a union of literals: better messages and a cleaner OpenAPI. */
export function stringEnum<const T extends readonly string[]>(values: T, options: SchemaOptions = {}) {
  return Type.Unsafe<T[number]>({ ...options, type: 'string', enum: [...values] })
}

/** The shape or `null`. */
export function Nullable<T extends TSchema>(schema: T, options: SchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options)
}

const reference = <const S extends string>(source: S, id: StringOptions) =>
  Type.Object(
    {
      source: Type.Literal(source),
      /** Alias under `secrets.providers`; `default` needs no entry for env and store. */
      provider: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$' }),
      id: Type.String(id),
    },
    { additionalProperties: false },
  )

/** Pointer to a secret that is kept elsewhere. Rules for each source: spec/config.md section 5.1. */
export const SecretRef = Type.Union(
  [
    reference('env', { pattern: '^[A-Z][A-Z0-9_]{0,127}$' }),
    reference('file', { pattern: '^(/.*|value)$' }),
    reference('exec', { pattern: '^(?!(?:.*/)?\\.{1,2}(?:/|$))[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}$' }),
    reference('store', { pattern: '^[A-Z][A-Z0-9_]{0,127}$' }),
  ],
  { description: 'A reference to a secret: {source: env|file|exec|store, provider, id}.' },
)

/** A secret as plain text, as `${NAME}` / `$NAME`, or as a reference. Marked so that it is redacted on the way out. */
export function SecretInput(options: SchemaOptions = {}) {
  return Type.Union([Type.String(), SecretRef], { ...options, 'x-secret': true })
}

/** A secret that must be plain text here (spec/config.md section 5.7, "not allowed"). */
export function SecretText(options: StringOptions = {}) {
  return Type.String({ ...options, 'x-secret': true })
}

/** `30m`, `1h`, `1h30m`, `500ms`, `2d`, `0m`. */
export const durationPattern = '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$|^0$'

export function Duration(options: StringOptions = {}) {
  return Type.String({ ...options, pattern: durationPattern })
}

/** Agent ids: lower case, digits, `_`, `-`; up to 64. */
export const agentIdPattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'

/** What a timer can wait for, in seconds: 2^31 ms. A longer one would fire at once. */
export const longestTimerSeconds = 2_147_483
