import fc from 'fast-check'
import JSON5 from 'json5'
import t from 'tap'
import { Json5SyntaxError } from '../../../src/config/json5/error.js'
import { nodeAt, positionAt, toValue } from '../../../src/config/json5/node.js'
import { parseJson5 } from '../../../src/config/json5/parse.js'

const parse = (text: string) => toValue(parseJson5(text))

const good: readonly string[] = [
  'null',
  ' true ',
  '-0',
  '+1',
  '0x1F',
  '-0xA',
  '.5',
  '5.',
  '1e3',
  '1.5E-2',
  'Infinity',
  '-Infinity',
  'NaN',
  "'single'",
  '"a\\u00e9\\x41\\n\\t\\0\\\\ \\q"',
  '"line \\\n continued"',
  '"line \\\r\n continued"',

  '{}',
  '[]',
  '[1, 2,]',
  '{a: 1,}',
  '{$_ü: 1, \'b c\': 2, "d": 3, \\u0061b: 4}',
  '// comment\n{ /* in */ a /* b */ : /* c */ 1 /* d */ } // end',
  '\ufeff{a:1}',
  '{ a: { b: [ { c: null } ] } }',
  '{"a":1,"a":2}',
  '{"__proto__": {"x": 1}}',
  '\u00a0\u2003{}',
  '{Infinity: 1, null: 2, true: 3}',
]

for (const text of good) {
  t.test(`agrees with json5: ${JSON.stringify(text)}`, async (t) => t.strictSame(parse(text), JSON5.parse(text)))
}

const bad: readonly (readonly [text: string, line: number, column: number, message: RegExp])[] = [
  ['', 1, 1, /holds no value.*\{\}/],
  ['  // only this\n', 2, 1, /holds no value/],
  ['{ a: 1 b: 2 }', 1, 8, /Expected "," or "}", found "b"/],
  ['{\n  a: 1\n  b: 2\n}', 3, 3, /Expected "," or "}"/],
  ['{ a 1 }', 1, 5, /":" after the key "a"/],
  ['{ a: }', 1, 6, /Expected a value, found "}"/],
  ['{ a-b: 1 }', 1, 4, /":" after the key "a", found "-"/],
  ['{ *: 1 }', 1, 3, /Expected a key.*quotes/],
  ['{ a: hello }', 1, 6, /hello is not a value.*"hello"/],
  ['{ a: "x }\n}', 1, 6, /not closed. Add "/],
  ["{ a: 'x }\n}", 1, 6, /not closed. Add '/],
  ['{ a: 1 /* never', 1, 8, /comment is not closed/],
  ['{ a: 1 / 2 }', 1, 8, /not a comment/],
  ['{\n  a: {\n    b: 1\n', 4, 1, /"}" is missing for line 2, column 6/],
  ['[1, 2', 1, 6, /"]" is missing/],
  ['{} {}', 1, 4, /Expected the end of the file/],
  ['{ a: 012 }', 1, 6, /not a number.*quotes/],
  ['{ a: 1.2.3 }', 1, 6, /not a number/],
  ['{ ip: 127.0.0.1 }', 1, 7, /not a number.*quotes/],
  ['{ a: "\\u12" }', 1, 9, /4 hexadecimal digits/],
  ['{ a: "C:\\1" }', 1, 9, /Octal/],
  ['{ a： 1 }', 1, 4, /full-width character ： \(write :\)/],
  ['{ a: 1，b: 2 }', 1, 7, /full-width character ， \(write ,\)/],
  ['{ a: “x” }', 1, 6, /full-width character “ \(write "\)/],
  ['{ a: 1,\n\n,}', 3, 1, /Expected a key/],
  [`${'['.repeat(200)}`, 1, 130, /deeper than 128/],
]

for (const [text, line, column, message] of bad) {
  t.test(`says what is wrong: ${JSON.stringify(text.slice(0, 40))}`, async (t) => {
    t.throws(() => JSON5.parse(text))
    try {
      parseJson5(text)
      t.fail('must not parse')
    } catch (error) {
      t.type(error, Json5SyntaxError)
      t.match(error, { message, position: { line, column } })
    }
  })
}

t.test('every value that json5 writes is read back, with places', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
      const text = JSON5.stringify(value, null, space)
      return JSON.stringify(parse(text)) === JSON.stringify(JSON5.parse(text))
    }),
    { numRuns: 500 },
  )
})

t.test('any text: the same verdict and value as json5', async () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    'a',
    '"',
    "'",
    '1',
    '-',
    '.',
    '\\',
    '/',
    '*',
    'null',
    '//',
    '0x',
    'e',
    '+',
  )
  const verdict = (read: () => unknown) => {
    try {
      return JSON.stringify(read())
    } catch {
      return 'error'
    }
  }
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
      (text) => verdict(() => parse(text)) === verdict(() => JSON5.parse(text)),
    ),
    { numRuns: 5000 },
  )
})

t.test('places', async (t) => {
  const text = '{\r\n  a: [1, {b: 2}],\r  c: 3\n}'
  const root = parseJson5(text)
  const at = (path: (string | number)[]) => positionAt(text, nodeAt(root, path)?.start ?? -1)
  t.same(at([]), { line: 1, column: 1 })
  t.same(at(['a', 1, 'b']), { line: 2, column: 14 })
  t.same(at(['c']), { line: 3, column: 6 })
  t.equal(nodeAt(root, ['a', 2]), undefined)
  t.equal(nodeAt(root, ['c', 'd']), undefined)
})
