import t from 'tap'
import { styledText } from '../../../src/channels/deliver/styled.js'

const table: readonly [name: string, markdown: string, text: string, styled: readonly string[]][] = [
  ['plain', 'a < b & c', 'a < b & c', []],
  ['bold', 'x **y** z', 'x y z', ['bold y']],
  ['nested', '**a _b_**', 'a b', ['italic b', 'bold a b']],
  ['struck', '~~x~~', 'x', ['strike x']],
  ['code', '`a<b`', 'a<b', ['code a<b']],
  ['fence', '```ts\nconst a = 1\n```', 'const a = 1', ['code const a = 1']],
  ['heading', '# Title\n\ntext', 'Title\n\ntext', ['bold Title']],
  ['link', '[x](https://e.org)', 'x (https://e.org)', []],
  ['bare link', 'https://e.org', 'https://e.org', []],
  ['list', '- a\n- **b**', '• a\n• b', ['bold b']],
  ['list in a list', '1. a\n   - b\n2. c', '1. a\n  • b\n2. c', []],
  ['tasks', '- [x] a\n- [ ] b', '☑ a\n☐ b', []],
  ['quote', '> said', '> said', []],
  ['characters of two units', '🙂 **b**', '🙂 b', ['bold b']],
]

for (const [name, markdown, text, styled] of table) {
  t.test(name, async (t) => {
    const page = styledText(markdown)
    t.equal(page.text, text)
    const seen = page.spans.map(({ start, length, style }) => `${style} ${page.text.slice(start, start + length)}`)
    t.same(seen, styled)
  })
}
