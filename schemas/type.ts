import type {
  ArrayOptions,
  IntegerOptions,
  NumberOptions,
  ObjectOptions,
  SchemaOptions,
  Static,
  StringOptions,
  TArray,
  TBoolean,
  TInteger,
  TLiteral,
  TLiteralValue,
  TNull,
  TNumber,
  TObject,
  TOptional,
  TProperties,
  TRecord,
  TSchema,
  TString,
  TUnion,
  TUnknown,
  TUnsafe,
} from '@sinclair/typebox'

/**
 * TypeBox's builder for the shapes that we use, without loading TypeBox: its 200 modules cost about 50 ms, as much as
 * Fastify itself. What is built is the same, down to the symbols, so TypeBox's own functions take it
 * (test/schemas/type.test.ts compares the two).
 */
const kind = Symbol.for('TypeBox.Kind')
const optional = Symbol.for('TypeBox.Optional')

/** One cast for all: TypeBox's types say what the plain object is. */
function make<T>(name: string, keywords: object, options?: object): T {
  return { ...options, [kind]: name, ...keywords } as T
}

export const Type = {
  Any: (options?: SchemaOptions) => make<TUnknown>('Any', {}, options),
  Unknown: (options?: SchemaOptions) => make<TUnknown>('Unknown', {}, options),
  Null: (options?: SchemaOptions) => make<TNull>('Null', { type: 'null' }, options),
  String: (options?: StringOptions) => make<TString>('String', { type: 'string' }, options),
  Number: (options?: NumberOptions) => make<TNumber>('Number', { type: 'number' }, options),
  Integer: (options?: IntegerOptions) => make<TInteger>('Integer', { type: 'integer' }, options),
  Boolean: (options?: SchemaOptions) => make<TBoolean>('Boolean', { type: 'boolean' }, options),

  Literal: <const T extends TLiteralValue>(value: T, options?: SchemaOptions) =>
    make<TLiteral<T>>('Literal', { const: value, type: typeof value }, options),

  Array: <T extends TSchema>(items: T, options?: ArrayOptions) =>
    make<TArray<T>>('Array', { type: 'array', items }, options),

  /** At least two shapes. */
  Union: <const T extends TSchema[]>(shapes: [...T], options?: SchemaOptions) =>
    make<TUnion<T>>('Union', { anyOf: shapes }, options),

  Object: <T extends TProperties>(properties: T, options?: ObjectOptions) => {
    const required = Object.keys(properties).filter((key) => !(optional in (properties[key] ?? {})))
    const keywords = { type: 'object', ...(required.length > 0 && { required }), properties }
    return make<TObject<T>>('Object', keywords, options)
  },

  /** A map; the key is a string schema, possibly with a pattern. */
  Record: <V extends TSchema>(key: TString, value: V, options?: ObjectOptions) =>
    make<TRecord<TString, V>>(
      'Record',
      { type: 'object', patternProperties: { [key.pattern ?? '^(.*)$']: value } },
      options,
    ),

  Optional: <T extends TSchema>(schema: T) =>
    (optional in schema ? schema : { ...schema, [optional]: 'Optional' }) as TOptional<T>,

  /** Any JSON Schema, with the type that it stands for. */
  Unsafe: <T>(schema: object) => make<TUnsafe<T>>('Unsafe', {}, schema),
}

export type { Static, TObject, TOptional, TProperties, TSchema }
