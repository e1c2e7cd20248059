import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import read from '../../src/tools/read.js'
import { textOf, toolStage } from '../helper/tool-context.js'

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n')

const pages: readonly { name: string; content: string; args?: object; says: string | RegExp; details?: object }[] = [
  { name: 'all of it', content: 'a\nb\n', says: 'a\nb', details: { totalLines: 2, firstLine: 1, lastLine: 2 } },
  { name: 'no new line at the end', content: 'a\nb', says: 'a\nb', details: { totalLines: 2 } },
  { name: 'from a line on', content: 'a\nb\nc', args: { offset: 2 }, says: 'b\nc' },
  {
    name: 'some lines',
    content: numbered(9),
    args: { offset: 3, limit: 2 },
    says: 'line 3\nline 4\n[Lines 3 to 4 of 9. Go on with offset 5.]',
    details: { nextOffset: 5 },
  },
  { name: 'the last line', content: 'a\nb', args: { offset: 2 }, says: 'b' },
  { name: 'empty', content: '', says: '[The file is empty.]' },
  { name: 'blank', content: '\n\n', says: /These lines are blank/ },
  {
    name: '2000 lines at once',
    content: numbered(2001),
    says: /line 2000\n\[Lines 1 to 2000 of 2001\. Go on with offset 2001\.\]$/,
  },
  { name: 'a larger limit does not help', content: numbered(2001), args: { limit: 5000 }, says: /of 2001/ },
  {
    name: '50 KB at once',
    content: `${'x'.repeat(1023)}\n`.repeat(60),
    says: /\[Lines 1 to 50 of 60\. Go on with offset 51\.\]$/,
  },
  { name: 'bytes count, not characters', content: `${'中'.repeat(341)}\n`.repeat(60), says: /\[Lines 1 to 50 of 60\./ },
  {
    name: 'a line longer than a page',
    content: `${'x'.repeat(60_000)}\nb`,
    says: /^x{51200}\n\[Line 1 is longer than 50 KB; this is its beginning\. Lines 1 to 1 of 2\. Go on with offset 2\.\]$/,
  },
  { name: 'CRLF is said, not shown', content: 'a\r\nb\r\n', says: 'a\nb\n[Lines end with CRLF.]' },
  { name: 'no byte order mark', content: '\ufeffa', says: 'a' },
]

t.test('pages of text', async (t) => {
  for (const { name, content, args, says, details } of pages) {
    const { context, workspace } = toolStage(t)
    writeFileSync(join(workspace, 'a.txt'), content)
    const result = await read.run(context, { path: 'a.txt', ...args })
    t.notOk(result.isError, name)
    if (typeof says === 'string') t.equal(textOf(result), says, name)
    else t.match(textOf(result), says, name)
    if (details) t.match(result.details, details, name)
    t.ok(textOf(result).length <= (read.resultLimit ?? 0), 'the registry cuts nothing off')
  }
})

t.test('images by what they hold', async (t) => {
  const { context, workspace } = toolStage(t)
  const kinds: [string, Buffer][] = [
    ['image/png', Buffer.from('89504e470d0a1a0a0000', 'hex')],
    ['image/jpeg', Buffer.from('ffd8ffe000', 'hex')],
    ['image/gif', Buffer.from('GIF89a...')],
    ['image/webp', Buffer.from('RIFF....WEBPVP8 ')],
  ]
  for (const [mediaType, data] of kinds) {
    writeFileSync(join(workspace, 'picture.txt'), data)
    const { content } = await read.run(context, { path: 'picture.txt' })
    t.match(content[1], { type: 'image', mediaType, data: data.toString('base64') })
    t.match(content[0], { type: 'text', text: new RegExp(mediaType) })
  }
  writeFileSync(
    join(workspace, 'big.png'),
    Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(5 * 1024 * 1024)]),
  )
  t.match(textOf(await read.run(context, { path: 'big.png' })), /Shrink it/)
})

t.test('what cannot be read', async (t) => {
  const { context, workspace } = toolStage(t)
  writeFileSync(join(workspace, 'program'), Buffer.from([1, 2, 0, 4]))
  writeFileSync(join(workspace, 'short'), 'a\nb\n')
  mkdirSync(join(workspace, 'folder'))
  t.match(await read.run(context, { path: 'program' }), {
    isError: true,
    content: [{ text: /binary file \(4 bytes\)/ }],
  })
  t.match(await read.run(context, { path: 'short', offset: 3 }), {
    isError: true,
    content: [{ text: /fewer than 3 lines/ }],
  })
  await t.rejects(read.run(context, { path: 'folder' }), { code: 'not_a_file' })
  await t.rejects(read.run(context, { path: 'none' }), { code: 'file_not_found' })
  await t.rejects(read.run(context, { path: '/etc/passwd' }), { code: 'path_outside' })
})
