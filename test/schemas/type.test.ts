import * as typebox from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { Type } from '../../schemas/type.js'

const build = (T: typeof Type) => ({
  any: T.Any({ title: 'x' }),
  unknown: T.Unknown({ description: 'x' }),
  null: T.Null(),
  string: T.String({ pattern: '^a', default: 'a' }),
  number: T.Number({ minimum: 1 }),
  integer: T.Integer({ maximum: 5 }),
  boolean: T.Boolean({ default: true }),
  literalText: T.Literal('a'),
  literalFalse: T.Literal(false),
  array: T.Array(T.String(), { maxItems: 3 }),
  union: T.Union([T.String(), T.Null()], { description: 'either' }),
  object: T.Object({ a: T.String(), b: T.Optional(T.Number()) }, { additionalProperties: false }),
  allOptional: T.Object({ b: T.Optional(T.Number({ description: 'n' })) }),
  record: T.Record(T.String({ pattern: '^[a-z]+$' }), T.Integer(), { additionalProperties: false }),
  plainRecord: T.Record(T.String(), T.Integer()),
  unsafe: T.Unsafe<'a'>({ type: 'string', enum: ['a'] }),
})

t.test('builds what TypeBox builds, symbols included', async (t) => {
  const ours = build(Type)
  const theirs = build(typebox.Type as unknown as typeof Type)
  for (const name of Object.keys(theirs) as (keyof typeof theirs)[]) {
    t.strictSame(JSON.parse(JSON.stringify(ours[name])), JSON.parse(JSON.stringify(theirs[name])), name)
    t.strictSame(
      Object.getOwnPropertySymbols(ours[name]),
      Object.getOwnPropertySymbols(theirs[name]),
      `${name}: symbols`,
    )
    t.equal(ours[name][typebox.Kind], theirs[name][typebox.Kind], `${name}: kind`)
  }
})

t.test('TypeBox checks it', async (t) => {
  const { object, record } = build(Type)
  t.ok(Value.Check(object, { a: 'x' }))
  t.notOk(Value.Check(object, { a: 'x', c: 1 }))
  t.notOk(Value.Check(object, {}))
  t.ok(Value.Check(record, { abc: 1 }))
  t.notOk(Value.Check(record, { ABC: 1 }))
})
