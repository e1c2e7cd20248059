import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { methodsPage } from '../../openapi/methods-page.js'
import { shapeText } from '../../openapi/methods-shape.js'
import { loadMethods } from '../../routes/ws/_table.js'
import { Nullable, stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { root } from './_document.js'

t.test('docs/ws-methods.md is what the method tables say', async (t) => {
  const table = await loadMethods()
  const page = readFileSync(join(root, 'docs/ws-methods.md'), 'utf8')
  t.ok(page === methodsPage(table), 'out of date; run: npm run openapi')
  for (const { name, definition } of table.entries.values()) {
    t.match(page, `\n### ${name}\n\n${definition.summary}.`)
  }
  t.notMatch(page, /undefined|\[object/)
})

t.test('a shape is written so that a person reads it', async (t) => {
  const cases: readonly [schema: object, text: string][] = [
    [Type.Object({}), '{}'],
    [Type.Object({ a: Type.String(), b: Type.Optional(Type.Boolean()) }), '{ a: string, b?: boolean }'],
    [Type.Object({ 'x-y': Nullable(Type.Integer()) }), '{ "x-y": integer | null }'],
    [Type.Record(Type.String(), Type.Unknown()), '{ [key]: any }'],
    [Type.Array(stringEnum(['a', 'b'])), '("a" | "b")[]'],
    [Type.Array(Type.Object({ a: Nullable(Type.String()) })), '{ a: string | null }[]'],
    [Type.Integer({ minimum: 1, maximum: 5 }), 'integer 1..5'],
    [Type.String({ maxLength: 9 }), 'string up to 9'],
    [Type.Literal('x'), '"x"'],
  ]
  for (const [schema, text] of cases) t.equal(shapeText(schema), text)
  const keys = Object.fromEntries([...'abcdefghij'].map((name) => [name.repeat(6), Type.Array(Type.Number())]))
  t.match(
    shapeText(Type.Object(keys)),
    /^\{\n {2}aaaaaa: number\[\]\n[\s\S]*\n\}$/,
    'a long one gets a line for each key',
  )
})
