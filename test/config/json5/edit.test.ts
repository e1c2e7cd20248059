import JSON5 from 'json5'
import t from 'tap'
import { setAt, unsetAt } from '../../../src/config/json5/edit.js'
import type { Path } from '../../../src/config/json5/node.js'

interface Row {
  readonly name: string
  readonly before: string
  readonly path: Path
  /** Absent: the path is unset. */
  readonly value?: unknown
  readonly after: string
}

const rows: readonly Row[] = [
  {
    name: 'replaces a value and nothing else',
    before: '{ // top\n  port: 1, // why\n  b: 2 /* c */ }',
    path: ['port'],
    value: 18789,
    after: '{ // top\n  port: 18789, // why\n  b: 2 /* c */ }',
  },
  {
    name: 'adds a key behind the last one and its comment',
    before: '{\n  a: 1 // one\n  // end\n}\n',
    path: ['b'],
    value: 'x',
    after: '{\n  a: 1, // one\n  b: "x"\n  // end\n}\n',
  },
  {
    name: 'keeps a trailing comma where there is one',
    before: '{\n  a: 1, // one\n}\n',
    path: ['b'],
    value: 2,
    after: '{\n  a: 1, // one\n  b: 2,\n}\n',
  },
  {
    name: 'adds quoted keys to plain JSON, and no trailing comma',
    before: '{\n  "a": { "b": 1 }\n}\n',
    path: ['c', 'd'],
    value: [1, 2],
    after: '{\n  "a": { "b": 1 },\n  "c": {\n    "d": [1, 2]\n  }\n}\n',
  },
  { name: 'stays on one line', before: '{ a: 1 }', path: ['b'], value: 2, after: '{ a: 1, b: 2 }' },
  {
    name: 'stays on one line with a trailing comma',
    before: '{ a: 1, }',
    path: ['b'],
    value: 2,
    after: '{ a: 1, b: 2, }',
  },
  {
    name: 'fills an empty object',
    before: '{}\n',
    path: ['a', 'b'],
    value: true,
    after: '{\n  "a": {\n    "b": true\n  }\n}\n',
  },
  {
    name: 'fills an object that holds a comment',
    before: '{\n  // nothing yet\n}\n',
    path: ['a'],
    value: 1,
    after: '{\n  // nothing yet\n  "a": 1\n}\n',
  },
  {
    name: 'keeps tabs and CRLF',
    before: '{\r\n\ta: 1\r\n}',
    path: ['b'],
    value: { c: 1 },
    after: '{\r\n\ta: 1,\r\n\tb: {\r\n\t\tc: 1\r\n\t}\r\n}',
  },
  { name: 'appends to a list', before: '{ a: [1] }', path: ['a', 1], value: 2, after: '{ a: [1, 2] }' },
  {
    name: 'sets inside a list',
    before: '{ a: [{ b: 1 }] }',
    path: ['a', 0, 'b'],
    value: 2,
    after: '{ a: [{ b: 2 }] }',
  },
  { name: 'quotes an odd key', before: '{ a: {} }', path: ['a', '*'], value: 1, after: '{ a: {\n  "*": 1\n} }' },
  { name: 'removes a line', before: '{\n  a: 1,\n  b: 2,\n}', path: ['a'], after: '{\n  b: 2,\n}' },
  {
    name: 'removes the last of plain JSON with the comma before it',
    before: '{\n  "a": 1,\n  "b": 2\n}',
    path: ['b'],
    after: '{\n  "a": 1\n}',
  },
  { name: 'removes inside a line', before: '{ a: 1, b: 2 }', path: ['a'], after: '{ b: 2 }' },
  { name: 'removes the last inside a line', before: '{ a: 1, b: 2 }', path: ['b'], after: '{ a: 1 }' },
  {
    name: 'keeps the comment of a removed key',
    before: '{\n  a: 1, // one\n  b: 2\n}',
    path: ['a'],
    after: '{\n  // one\n  b: 2\n}',
  },
  { name: 'removes both of a repeated key', before: '{\n  a: 1,\n  a: 2\n}', path: ['a'], after: '{\n}' },
  { name: 'removes from a list', before: '{ a: [1, 2, 3] }', path: ['a', 1], after: '{ a: [1, 3] }' },
  {
    name: 'is not fooled by a comma in a comment',
    before: '{ a: 1 /* , */, b: 2 }',
    path: ['a'],
    after: '{ /* , */ b: 2 }',
  },
]

for (const { name, before, path, after, ...rest } of rows) {
  t.test(name, async (t) => {
    const edited = 'value' in rest ? setAt(before, path, rest.value) : unsetAt(before, path)
    t.equal(edited, after)
    t.doesNotThrow(() => JSON5.parse(after))
  })
}

t.test('says what cannot be done', async (t) => {
  t.throws(() => setAt('{ a: 1 }', ['a', 'b'], 1), { name: 'EditError' })
  t.throws(() => setAt('{ a: [1] }', ['a', 5], 1), { name: 'EditError', message: /has 1 entries/ })
  t.equal(unsetAt('{ a: 1 }', ['b']), undefined)
  t.equal(unsetAt('{ a: [1] }', ['a', 1]), undefined)
})
