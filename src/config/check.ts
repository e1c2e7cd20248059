import { describeSchema, describeValue, repair } from './describe.js'
import type { Path } from './json5/node.js'
import { alternatives, type SchemaNode, schemaOfKey } from './schema-node.js'
import { suggest } from './suggest.js'
import { isTree, type Tree } from './tree.js'
import type { Finding } from './types.js'

export interface CheckResult {
  readonly errors: readonly Finding[]
  /** Keys of open sections that look misspelt. */
  readonly remarks: readonly Finding[]
}

/**
 * Checks a value against a schema and says what is wrong in words. It understands the keywords of `SchemaNode` only,
 * which costs a fraction of loading a validator and gives one good message where unions would give many.
 */
export function checkValue(schema: SchemaNode, value: unknown): CheckResult {
  const check = new Check()
  check.value(schema, value, [], false)
  return check
}

class Check implements CheckResult {
  readonly errors: Finding[] = []
  readonly remarks: Finding[] = []

  value(schema: SchemaNode, value: unknown, path: Path, secretAbove: boolean): void {
    const secret = secretAbove || schema['x-secret'] === true
    if (schema.anyOf) this.union(schema, value, path, secret)
    else if (!hasKind(schema, value)) this.mismatch(schema, value, path, secret)
    else if (typeof value === 'string') this.text(schema, value, path, secret)
    else if (typeof value === 'number') this.number(schema, value, path, secret)
    else if (Array.isArray(value)) this.list(schema, value, path, secret)
    else if (isTree(value) && schema.type === 'object') this.object(schema, value, path, secret)
  }

  private mismatch(schema: SchemaNode, value: unknown, path: Path, secret: boolean): void {
    const fix = repair(value, schema, secret)
    const words = `Expected ${describeSchema(schema)}, found ${describeValue(value, secret)}.`
    this.errors.push({
      path,
      message: fix ? `${words} ${fix}` : words,
      ...(schema.enum && { allowedValues: schema.enum }),
    })
  }

  private text(schema: SchemaNode, value: string, path: Path, secret: boolean): void {
    if (schema.enum) {
      if (schema.enum.includes(value)) return
      const suggestion = suggest(value, schema.enum)
      const words = `Expected ${describeSchema(schema)}; found ${describeValue(value, secret)}.`
      const message = suggestion === undefined ? words : `${words} Did you mean "${suggestion}"?`
      this.errors.push({ path, message, allowedValues: schema.enum, ...(suggestion !== undefined && { suggestion }) })
      return
    }
    if (value.length < (schema.minLength ?? 0)) this.errors.push({ path, message: 'This text must not be empty.' })
    else if (value.length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
      this.errors.push({ path, message: `This text is longer than ${schema.maxLength} characters.` })
    else if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
      this.errors.push({ path, message: `${capital(describeValue(value, secret))} does not fit here: ${hint(schema)}` })
  }

  private number(schema: SchemaNode, value: number, path: Path, secret: boolean): void {
    const tooSmall = schema.minimum !== undefined && value < schema.minimum
    const tooLarge = schema.maximum !== undefined && value > schema.maximum
    if (tooSmall || tooLarge) this.mismatch(schema, value, path, secret)
  }

  private list(schema: SchemaNode, value: readonly unknown[], path: Path, secret: boolean): void {
    if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY))
      this.errors.push({ path, message: `This list has more than ${schema.maxItems} entries.` })
    else if (value.length < (schema.minItems ?? 0))
      this.errors.push({ path, message: `This list needs at least ${schema.minItems} entries.` })
    const items = schema.items
    if (items) for (const [index, item] of value.entries()) this.value(items, item, [...path, index], secret)
  }

  private object(schema: SchemaNode, value: Tree, path: Path, secret: boolean): void {
    for (const key of schema.required ?? []) {
      if (!Object.hasOwn(value, key)) this.errors.push({ path, message: `The key "${key}" is missing here. Add it.` })
    }
    for (const [key, inner] of Object.entries(value)) {
      const innerSchema = schemaOfKey(schema, key)
      if (reserved.has(key))
        this.errors.push({ path: [...path, key], atKey: true, message: `"${key}" is not allowed as a key.` })
      else if (innerSchema) this.value(innerSchema, inner, [...path, key], secret)
      else if (schema.additionalProperties === false) this.unknownKey(schema, value, key, path)
      else this.oddKey(schema, value, key, path)
    }
  }

  private unknownKey(schema: SchemaNode, value: Tree, key: string, path: Path): void {
    const pattern = Object.keys(schema.patternProperties ?? {})[0]
    const known = Object.keys(schema.properties ?? {})
    const absent = known.filter((name) => !Object.hasOwn(value, name))
    const suggestion = suggest(key, absent) ?? suggest(key, known)
    const where = path.length === 0 ? 'at the top level' : 'here'
    const message =
      pattern !== undefined
        ? `"${key}" cannot be used as a name here; names must match ${pattern}.`
        : suggestion !== undefined
          ? `Unknown key "${key}". Did you mean "${suggestion}"?`
          : known.length <= 16
            ? `Unknown key "${key}". Known ${where}: ${known.join(', ')}. Remove it or move it where it belongs.`
            : `Unknown key "${key}" ${where}. Remove it; "openclaw config schema" lists the known ones.`
    const found: Finding = { path: [...path, key], atKey: true, message }
    this.errors.push(suggestion === undefined ? found : { ...found, suggestion })
  }

  private oddKey(schema: SchemaNode, value: Tree, key: string, path: Path): void {
    const suggestion = suggest(
      key,
      Object.keys(schema.properties ?? {}).filter((name) => !Object.hasOwn(value, name)),
    )
    if (suggestion === undefined) return
    const message = `"${key}" is not a known key here and has no effect unless a plugin reads it. Did you mean "${suggestion}"?`
    this.remarks.push({ path: [...path, key], atKey: true, message, suggestion })
  }

  /** Reports the issues of the alternative that was meant: by its kind first, then by its constant keys. */
  private union(schema: SchemaNode, value: unknown, path: Path, secret: boolean): void {
    const options = alternatives(schema)
    const sameKind = options.filter((option) => hasKind(option, value))
    const tag = tagOf(sameKind)
    const meant =
      options.find((option) => fits(option, value)) ??
      (sameKind.length === 1 ? sameKind[0] : undefined) ??
      (tag !== undefined && isTree(value) && Object.hasOwn(value, tag)
        ? sameKind.find((option) => option.properties?.[tag]?.const === value[tag])
        : undefined)
    // What the union says of itself holds for its alternatives.
    if (meant) this.value({ description: schema.description, ...meant }, value, path, secret)
    else if (tag !== undefined && isTree(value)) this.tag(tag, sameKind, value, path)
    else this.mismatch(schema, value, path, secret)
  }

  private tag(tag: string, options: readonly SchemaNode[], value: Tree, path: Path): void {
    const allowedValues = options.map((option) => String(option.properties?.[tag]?.const))
    const suggestion = suggest(String(value[tag] ?? ''), allowedValues)
    const list = allowedValues.map((name) => JSON.stringify(name)).join(', ')
    const present = Object.hasOwn(value, tag)
    const message = present
      ? `Expected one of ${list}.${suggestion ? ` Did you mean "${suggestion}"?` : ''}`
      : `The key "${tag}" is missing here. Add it with one of ${list}.`
    this.errors.push({
      path: present ? [...path, tag] : path,
      message,
      allowedValues,
      ...(suggestion && { suggestion }),
    })
  }
}

/** Keys that would reach a prototype when code copies objects carelessly. */
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

const fits = (schema: SchemaNode, value: unknown) => checkValue(schema, value).errors.length === 0

/** The key that all options give a constant, e.g. `source`. */
function tagOf(options: readonly SchemaNode[]): string | undefined {
  const keys = Object.keys(options[0]?.properties ?? {})
  return keys.find((key) => options.every((option) => option.properties?.[key]?.const !== undefined))
}

function hasKind(schema: SchemaNode, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const
  return schema.type === undefined || hasType(schema.type, value)
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isTree(value)
  if (type === 'null') return value === null
  return typeof value === type
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
const hint = (schema: SchemaNode) => schema.description ?? `it must match ${schema.pattern}.`
