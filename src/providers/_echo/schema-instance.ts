import { asCount, asList, asRecord, asText, type Json } from '../_json.js'

/** Schemas come from callers: these bound what a hostile one can cost. */
const MAX_DEPTH = 24
const MAX_VALUES = 5000
const MAX_ITEMS = 50
const MAX_LENGTH = 5000

const formats: ReadonlyMap<string, string> = new Map([
  ['date-time', '2026-01-01T00:00:00Z'],
  ['date', '2026-01-01'],
  ['time', '00:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'echo@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '127.0.0.1'],
  ['ipv6', '::1'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
])

/** Tried in order against a `pattern`; short, so that a slow expression stays harmless. */
const samples = [
  'a',
  'A',
  '0',
  '1',
  'a1',
  'A1',
  'ab',
  'AB',
  'abc',
  '123',
  'en-US',
  '2026-01-01',
  '00:00',
  '#000000',
  'a@b.co',
]

/**
 * A small value that fits a JSON Schema: what is required and nothing else. `text` fills strings that are free.
 * Deterministic. Does its best with what cannot be solved in general (patterns, `not`, `oneOf` that overlap).
 */
export function instanceOf(schema: unknown, text: string): unknown {
  return new Filler(schema, text).value(schema, 0)
}

class Filler {
  readonly #root: unknown
  readonly #text: string
  #values = 0

  constructor(root: unknown, text: string) {
    this.#root = root
    this.#text = text
  }

  value(input: unknown, depth: number): unknown {
    if (++this.#values > MAX_VALUES || depth > MAX_DEPTH) return null
    const schema = this.#resolve(input, depth)
    if (!schema) return this.#text
    if (schema.const !== undefined) return schema.const
    if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0]
    if (schema.default !== undefined) return schema.default
    const variants = asList(schema.anyOf ?? schema.oneOf)
    if (variants.length > 0) {
      const { anyOf: _any, oneOf: _one, ...rest } = schema
      const chosen = variants.find((variant) => asRecord(variant)?.type !== 'null') ?? variants[0]
      return this.value(merge([rest, this.#resolve(chosen, depth) ?? {}]), depth + 1)
    }
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth)
      case 'array':
        return this.#array(schema, depth)
      case 'integer':
      case 'number':
        return numberFor(schema)
      case 'boolean':
        return false
      case 'null':
        return null
      default:
        return this.#string(schema)
    }
  }

  /** Follows `$ref` (inside the document only) and joins `allOf`. */
  #resolve(input: unknown, depth: number): Json | undefined {
    let schema = asRecord(input)
    for (let hops = 0; schema && typeof schema.$ref === 'string' && hops < MAX_DEPTH; hops++) {
      const { $ref, ...rest } = schema
      schema = merge([rest, asRecord(this.#lookUp($ref)) ?? {}])
    }
    const all = asList(schema?.allOf)
    if (!schema || all.length === 0 || depth > MAX_DEPTH || ++this.#values > MAX_VALUES) return schema
    const { allOf: _all, ...rest } = schema
    return merge([rest, ...all.map((part) => this.#resolve(part, depth + 1) ?? {})])
  }

  #lookUp(reference: string): unknown {
    let found: unknown = this.#root
    for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
      const record = asRecord(found)
      found = record && Object.hasOwn(record, key) ? record[key] : undefined
    }
    return found
  }

  #object(schema: Json, depth: number): Json {
    const properties = asRecord(schema.properties)
    const names = asList(schema.required).filter((name) => typeof name === 'string')
    return Object.fromEntries(names.map((name) => [name, this.value(properties?.[name], depth + 1)]))
  }

  #array(schema: Json, depth: number): unknown[] {
    const first = asList(schema.prefixItems)
    const length = this.#values > MAX_VALUES ? 0 : Math.min(MAX_ITEMS, asCount(schema.minItems) ?? 0)
    return Array.from({ length }, (_, at) => this.value(first[at] ?? schema.items, depth + 1))
  }

  #string(schema: Json): string {
    const format = formats.get(asText(schema.format) ?? '')
    if (format) return format
    if (typeof schema.pattern === 'string') return sampleFor(schema.pattern)
    const least = Math.min(MAX_LENGTH, asCount(schema.minLength) ?? 0)
    this.#values += least / 10
    const most = Math.min(MAX_LENGTH, asCount(schema.maxLength) ?? MAX_LENGTH)
    return [...this.#text].slice(0, most).join('').padEnd(least, '.')
  }
}

function typeOf(schema: Json): unknown {
  const { type } = schema
  if (Array.isArray(type)) return type.find((name) => name !== 'null') ?? 'null'
  if (type !== undefined) return type
  if (schema.properties || schema.required) return 'object'
  return schema.items || schema.prefixItems ? 'array' : 'string'
}

function merge(parts: readonly Json[]): Json {
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}))
  const required = [...new Set(parts.flatMap((part) => asList(part.required)))]
  const joined: Json = Object.assign({}, ...parts)
  return {
    ...joined,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  }
}

/** The number nearest to zero from below the maximum that keeps to the bounds. */
function numberFor(schema: Json): number {
  const step = asCount(schema.multipleOf) || (typeOf(schema) === 'integer' ? 1 : undefined)
  const low = bound(schema.minimum) ?? above(bound(schema.exclusiveMinimum), step)
  const high = bound(schema.maximum) ?? below(bound(schema.exclusiveMaximum), step)
  const near = Math.min(Math.max(0, low ?? 0), high ?? Number.POSITIVE_INFINITY)
  if (step === undefined) return near
  const up = Math.ceil(near / step) * step
  return high !== undefined && up > high ? Math.floor(high / step) * step : up
}

const bound = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
const above = (value: number | undefined, step = 1) => (value === undefined ? undefined : value + step)
const below = (value: number | undefined, step = 1) => (value === undefined ? undefined : value - step)

function sampleFor(pattern: string): string {
  try {
    const expression = new RegExp(pattern, 'u')
    return samples.find((sample) => expression.test(sample)) ?? 'a'
  } catch {
    return 'a'
  }
}
