import t from 'tap'
import { takeMediaLines } from '../../../src/channels/deliver/media-lines.js'

const table: readonly [name: string, answer: string, text: string, files: string[]][] = [
  ['no line', 'hello MEDIA: x', 'hello MEDIA: x', []],
  ['one', 'a\nMEDIA:x.png\nb', 'a\nb', ['x.png']],
  ['blanks, case, a name with blanks', '  media:  my plan.pdf  ', '', ['my plan.pdf']],
  ['marks of code, quotes, lists', '- `MEDIA:a.png`\n"MEDIA: \'b.png\'"', '', ['a.png', 'b.png']],
  ['the same one twice', 'MEDIA:a\nMEDIA:a', '', ['a']],
  ['an address of a file', 'MEDIA:file:///w/a.png', '', ['/w/a.png']],
  ['a web address', 'MEDIA:https://e.org/a?b=c', '', ['https://e.org/a?b=c']],
  ['nothing named', 'MEDIA:', '', []],
  ['in a fence', '```\nMEDIA:a\n```', '```\nMEDIA:a\n```', []],
  ['behind a fence', '```\nx\n```\nMEDIA:a', '```\nx\n```', ['a']],
]

for (const [name, answer, text, files] of table) {
  t.test(name, async (t) => t.strictSame(takeMediaLines(answer), { text, files }))
}

t.test('ten files and no more', async (t) => {
  const answer = Array.from({ length: 12 }, (_, index) => `MEDIA:${index}`).join('\n')
  t.equal(takeMediaLines(answer).files.length, 10)
})
