import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import edit from '../../src/tools/edit.js'
import { textOf, toolStage } from '../helper/tool-context.js'

type Args = Parameters<typeof edit.run>[1]
const change = (oldText: string, newText: string): Omit<Args, 'path'> => ({ oldText, newText })

/** What stands in the file, what is asked, and what stands there then. */
const done: readonly { name: string; before: string; args: Omit<Args, 'path'>; after: string }[] = [
  { name: 'one place', before: 'one two three', args: change('two', '2'), after: 'one 2 three' },
  { name: 'nothing in its place', before: 'a\nb\nc\n', args: change('b\n', ''), after: 'a\nc\n' },
  { name: 'more lines', before: 'a\nb\n', args: change('a\n', 'a\n1\n2\n'), after: 'a\n1\n2\nb\n' },
  { name: 'dollar signs mean nothing', before: 'price', args: change('price', "$& $1 $' $$"), after: "$& $1 $' $$" },
  { name: 'nor do patterns', before: 'a.c abc', args: change('a.c', 'x'), after: 'x abc' },
  { name: 'CRLF is kept', before: 'a\r\nb\r\nc\r\n', args: change('a\nb', 'x\ny'), after: 'x\r\ny\r\nc\r\n' },
  { name: 'CRLF asked for as CRLF', before: 'a\r\nb\r\n', args: change('a\r\nb', 'x\r\ny'), after: 'x\r\ny\r\n' },
  { name: 'LF stays LF', before: 'a\nb\n', args: change('a\r\nb', 'x\r\ny'), after: 'x\ny\n' },
  {
    name: 'mixed line ends elsewhere stay',
    before: 'a\r\nb\nc\r\nd\n',
    args: change('c', 'x\ny'),
    after: 'a\r\nb\nx\r\ny\r\nd\n',
  },
  { name: 'a byte order mark is kept', before: '\ufeffa\nb', args: change('a', 'x'), after: '\ufeffx\nb' },
  { name: 'no new line at the end comes or goes', before: 'a\nb', args: change('b', 'c'), after: 'a\nc' },
  { name: 'characters outside the first plane', before: '😀 x 😁', args: change('😁', '😎'), after: '😀 x 😎' },
  {
    name: 'several, in any order, all by the text as it was',
    before: 'one two three',
    args: {
      edits: [
        { oldText: 'three', newText: 'two' },
        { oldText: 'two', newText: 'three' },
      ],
    },
    after: 'one three two',
  },
  {
    name: 'one and several',
    before: 'a b c',
    args: { ...change('a', '1'), edits: [{ oldText: 'c', newText: '3' }] },
    after: '1 b 3',
  },
  {
    name: 'neighbours',
    before: 'ab',
    args: {
      edits: [
        { oldText: 'a', newText: '1' },
        { oldText: 'b', newText: '2' },
      ],
    },
    after: '12',
  },
]

const refused: readonly { name: string; before: string | Buffer; args: Omit<Args, 'path'>; says: RegExp }[] = [
  { name: 'not there', before: 'abc', args: change('x', 'y'), says: /found 0 times/ },
  { name: 'twice', before: 'x\nx', args: change('x', 'y'), says: /found 2 times \(lines 1, 2\)/ },
  { name: 'overlapping', before: 'aaa', args: change('aa', 'b'), says: /found 2 times/ },
  {
    name: 'very often',
    before: 'x\n'.repeat(30),
    args: change('x', 'y'),
    says: /found 30 times \(lines 1, .*10, \.\.\.\)/,
  },
  { name: 'empty', before: 'abc', args: change('', 'y'), says: /oldText is empty/ },
  { name: 'the same', before: 'abc', args: change('b', 'b'), says: /are the same/ },
  {
    name: 'other spaces',
    before: 'x\nif (a)  {\n\tb\n}',
    args: change('if (a) {\n  b\n}', 'c'),
    says: /Line 2 differs from it only in spaces/,
  },
  { name: 'other case', before: 'Abc', args: change('abc', 'x'), says: /found 0 times/ },
  {
    name: 'overlapping edits',
    before: 'abc',
    args: {
      edits: [
        { oldText: 'ab', newText: '1' },
        { oldText: 'bc', newText: '2' },
      ],
    },
    says: /Two edits change the same text/,
  },
  {
    name: 'the same edit twice',
    before: 'abc',
    args: {
      edits: [
        { oldText: 'a', newText: '1' },
        { oldText: 'a', newText: '1' },
      ],
    },
    says: /Two edits/,
  },
  {
    name: 'one of several is missing',
    before: 'abc',
    args: {
      edits: [
        { oldText: 'a', newText: '1' },
        { oldText: 'x', newText: '2' },
      ],
    },
    says: /edits\[1\]\.oldText is not in the file/,
  },
  { name: 'half of an edit', before: 'abc', args: { oldText: 'a' }, says: /Give both/ },
  { name: 'no edit', before: 'abc', args: {}, says: /Give oldText and newText, or edits/ },
  { name: 'no UTF-8', before: Buffer.from([0x61, 0xff, 0x62]), args: change('a', 'b'), says: /is not UTF-8 text/ },
  { name: 'a program', before: Buffer.from([0x7f, 0x45, 0, 0]), args: change('E', 'b'), says: /is not UTF-8 text/ },
]

t.test('edits', async (t) => {
  for (const { name, before, args, after } of done) {
    const { context, workspace } = toolStage(t)
    const path = join(workspace, 'file.txt')
    writeFileSync(path, before)
    const result = await edit.run(context, { path: 'file.txt', ...args })
    t.notOk(result.isError, name)
    t.equal(readFileSync(path, 'utf8'), after, name)
  }
})

t.test('what cannot be done changes nothing and says why', async (t) => {
  for (const { name, before, args, says } of refused) {
    const { context, workspace } = toolStage(t)
    const path = join(workspace, 'file.txt')
    writeFileSync(path, before)
    const result = await edit.run(context, { path: 'file.txt', ...args })
    t.equal(result.isError, true, name)
    t.match(textOf(result), says, name)
    t.strictSame(readFileSync(path), Buffer.from(before), name)
  }
})

t.test('the answer names the line, the details hold a diff', async (t) => {
  const { context, workspace } = toolStage(t)
  writeFileSync(join(workspace, 'a.txt'), ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\r\n'))
  const edits = [
    { oldText: '2\n', newText: 'two\nzwei\n' },
    { oldText: '8', newText: 'eight' },
  ]
  const result = await edit.run(context, { path: 'a.txt', edits })
  t.equal(textOf(result), 'Edited a.txt: 2 places, first at line 2.')
  t.equal(
    result.details?.diff,
    [
      '@@ -1,5 +1,6 @@',
      ' 1',
      '-2',
      '+two',
      '+zwei',
      ' 3',
      ' 4',
      ' 5',
      '@@ -5,6 +6,6 @@',
      ' 5',
      ' 6',
      ' 7',
      '-8',
      '+eight',
      ' 9',
      ' ',
    ].join('\n'),
  )
})

t.test('files that are not there or too large', async (t) => {
  const { context, workspace } = toolStage(t)
  await t.rejects(edit.run(context, { path: 'none', ...change('a', 'b') }), { code: 'file_not_found' })
  writeFileSync(join(workspace, 'large'), Buffer.alloc(10 * 1024 * 1024 + 1, 'a'))
  await t.rejects(edit.run(context, { path: 'large', ...change('a', 'b') }), { code: 'file_too_large' })
})
