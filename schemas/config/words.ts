import type {
  NumberOptions,
  SchemaOptions,
  StringOptions,
  TObject,
  TOptional,
  TProperties,
  TSchema,
} from '@sinclair/typebox'
import { SecretInput, stringEnum } from '../primitives.js'
import { Type } from '../type.js'

/** The words that the config schema is written in. Every one takes the description first: the docs are made of them. */
type Optionals<P extends TProperties> = { [K in keyof P]: TOptional<P[K]> }

/** Marks keys as optional. Keys that many sections share are marked once, which costs less at start-up. */
export function optionals<P extends TProperties>(properties: P): Optionals<P> {
  const entries = Object.entries(properties).map(([key, schema]) => [key, Type.Optional(schema)])
  return Object.fromEntries(entries)
}

/** An object with these keys, all optional, and no others. */
export function section<P extends TProperties>(description: string, keys: P): TObject<Optionals<P>> {
  return Type.Object(optionals(keys), { description, additionalProperties: false })
}

/** A section in which some keys must be present. */
export function sectionWith<R extends TProperties, P extends TProperties>(
  description: string,
  required: R,
  keys: P,
): TObject<R & Optionals<P>> {
  return Type.Object({ ...required, ...optionals(keys) }, { description, additionalProperties: false })
}

/** A section that belongs to a feature which adds keys of its own: unknown keys are kept, with a warning. */
export function openSection<P extends TProperties>(description: string, keys: P): TObject<Optionals<P>> {
  return Type.Object(optionals(keys), { description, additionalProperties: true })
}

export const text = (description: string, options: StringOptions = {}) => Type.String({ description, ...options })

export const flag = (description: string, byDefault?: boolean) =>
  Type.Boolean(byDefault === undefined ? { description } : { description, default: byDefault })

/** A whole number; not negative unless `minimum` says so. */
export const int = (description: string, options: NumberOptions = {}) =>
  Type.Integer({ description, minimum: 0, ...options })

export const number = (description: string, options: NumberOptions = {}) => Type.Number({ description, ...options })

export const port = (description: string, options: NumberOptions = {}) =>
  Type.Integer({ description, minimum: 1, maximum: 65535, ...options })

export const list = <T extends TSchema>(description: string, item: T, options: SchemaOptions = {}) =>
  Type.Array(item, { description, ...options })

export const texts = (description: string, options: SchemaOptions = {}) => list(description, Type.String(), options)

export const choice = <const T extends readonly string[]>(description: string, values: T, byDefault?: T[number]) =>
  stringEnum(values, byDefault === undefined ? { description } : { description, default: byDefault })

/** A map with free keys. */
export const mapOf = <T extends TSchema>(description: string, value: T, keyPattern = '^.+$') =>
  Type.Record(Type.String({ pattern: keyPattern }), value, { description, additionalProperties: false })

export const either = <T extends TSchema[]>(description: string, shapes: [...T], options: SchemaOptions = {}) =>
  Type.Union(shapes, { description, ...options })

export const secret = (description: string) => SecretInput({ description })

/** Free-form JSON that is passed through, e.g. parameters of a model. */
export const json = (description: string) => mapOf(description, Type.Unknown())
