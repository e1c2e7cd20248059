import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import JSON5 from 'json5'
import t from 'tap'
import { ConfigSchema } from '../../schemas/config/index.js'
import { checkValue } from '../../src/config/check.js'
import { applyEdits } from '../../src/config/edits.js'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { migrate } from '../../src/config/legacy/index.js'
import type { SchemaNode } from '../../src/config/schema-node.js'
import { isTree, type Tree } from '../../src/config/tree.js'

const folder = fileURLToPath(new URL('./fixtures/seeds', import.meta.url))
const seeds = readdirSync(folder).map((name) => {
  const tree: Tree = JSON5.parse(readFileSync(join(folder, name), 'utf8'))
  migrate(tree)
  return tree
})

/** Every key of the schema, so that random edits often hit something. */
function keysOf(schema: SchemaNode, keys = new Set<string>()): Set<string> {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) keysOf(inner, keys.add(key))
  for (const inner of Object.values(schema.patternProperties ?? {})) keysOf(inner, keys)
  for (const inner of schema.anyOf ?? []) keysOf(inner, keys)
  return schema.items ? keysOf(schema.items, keys) : keys
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const entries = Array.isArray(value) ? [...value.entries()] : isTree(value) ? Object.entries(value) : []
  return [path, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

t.test('the same verdict as Ajv on seeds with random edits', async (t) => {
  const validate = new Ajv({ strict: false }).compile(await configJsonSchema())
  const keys = [...keysOf(ConfigSchema)]
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      '',
      'x',
      '30m',
      'env',
      'lan',
      'all',
      'token',
      0,
      1,
      -1,
      1.5,
      70000,
      true,
      null,
      [],
      ['x'],
      [1],
      {},
    ),
    fc.constantFrom<unknown>(
      { source: 'env', provider: 'default', id: 'KEY' },
      { source: 'file' },
      { primary: 'a/b' },
      { id: 'x' },
    ),
  )
  const verdicts = { true: 0, false: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.nat(),
      fc.constantFrom(...keys),
      fc.boolean(),
      value,
      (seed, pick, key, deeper, value) => {
        const paths = pathsOf(seed)
        const path = paths[pick % paths.length] ?? []
        const edited = applyEdits(seed, [{ op: 'set', path: deeper ? [...path, key] : path, value }])
        const ours = checkValue(ConfigSchema, edited).errors.length === 0
        verdicts[`${ours}`]++
        return ours === validate(edited)
      },
    ),
    { numRuns: 4000 },
  )
  t.ok(verdicts.true > 100 && verdicts.false > 100, `both verdicts occur: ${JSON.stringify(verdicts)}`)
})

t.test('every key is described', async (t) => {
  const without: string[] = []
  const visit = (schema: SchemaNode, path: string) => {
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      if (!inner.description && inner.const === undefined) without.push(`${path}.${key}`)
      visit(inner, `${path}.${key}`)
    }
    for (const inner of Object.values(schema.patternProperties ?? {})) visit(inner, `${path}.*`)
    for (const inner of schema.anyOf ?? []) if (inner.description) visit(inner, path)
    if (schema.items) visit(schema.items, `${path}[]`)
  }
  visit(ConfigSchema, '')
  t.same(without, [])
})

t.test('defaults fit their own keys', async (t) => {
  const wrong: string[] = []
  const visit = (schema: SchemaNode, path: string) => {
    if (schema.default !== undefined && checkValue(schema, schema.default).errors.length > 0) wrong.push(path)
    for (const [key, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${path}.${key}`)
    for (const inner of Object.values(schema.patternProperties ?? {})) visit(inner, `${path}.*`)
    for (const inner of schema.anyOf ?? []) visit(inner, path)
    if (schema.items) visit(schema.items, `${path}[]`)
  }
  visit(ConfigSchema, '')
  t.same(wrong, [])
})

t.test('the JSON schema is draft-07 and stands alone', async (t) => {
  const schema = await configJsonSchema()
  t.match(schema, { $schema: 'http://json-schema.org/draft-07/schema#', title: 'openclaw.json', type: 'object' })
  t.ok(new Ajv({ strict: false }).validateSchema(schema))
})
