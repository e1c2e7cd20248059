import fc from 'fast-check'
import t from 'tap'
import { telegramHtml } from '../../../src/channels/telegram/format.js'

const table: readonly [name: string, markdown: string, html: string][] = [
  ['plain', 'a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  ['bold', '**x**', '<b>x</b>'],
  ['italic', '_x_ and *y*', '<i>x</i> and <i>y</i>'],
  ['struck', '~~x~~', '<s>x</s>'],
  ['code', '`a<b`', '<code>a&lt;b</code>'],
  ['fence', '```ts\nconst a = 1 < 2\n```', '<pre><code class="language-ts">const a = 1 &lt; 2</code></pre>'],
  ['fence without language', '```\nx\n```', '<pre><code>x</code></pre>'],
  ['link', '[x](https://e.org/?a=1&b="2")', '<a href="https://e.org/?a=1&amp;b=&quot;2&quot;">x</a>'],
  ['a link that runs code is text', '[x](javascript:alert(1))', 'x'],
  ['heading', '# Title', '<b>Title</b>'],
  ['quote', '> said\n> so', '<blockquote>said\nso</blockquote>'],
  ['list', '- a\n- b', '• a\n• b'],
  ['numbers', '3. a\n4. b', '3. a\n4. b'],
  ['list in a list', '- a\n  - b', '• a\n  • b'],
  ['tasks', '- [x] a\n- [ ] b', '☑ a\n☐ b'],
  ['spoiler', 'it was ||him||', 'it was <tg-spoiler>him</tg-spoiler>'],
  ['html of a model is text', '<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
  ['image', '![cat](https://e.org/c.png)', 'cat (https://e.org/c.png)'],
  ['nested', '**a _b_**', '<b>a <i>b</i></b>'],
  ['paragraphs', 'a\n\nb', 'a\n\nb'],
]

for (const [name, markdown, html] of table) t.test(name, async (t) => t.equal(telegramHtml(markdown), html))

t.test('a table keeps its columns', async (t) => {
  t.equal(telegramHtml('| a | bb |\n|---|---|\n| 1 | 2 |'), '<pre>a | bb\n--+---\n1 | 2</pre>')
  const wide = 'x'.repeat(41)
  t.equal(
    telegramHtml(`| a | bb |\n|---|---|\n| ${wide} | 2 |\n| 1 | 2 |`),
    `<pre>a | bb\n--+---\n${wide} | 2\n1 | 2</pre>`,
    'one long cell does not make every line as long',
  )
})

t.test('whatever the text: tags are balanced, and no character stands alone that would begin one', async () => {
  const part = fc.constantFrom(
    '**',
    '_',
    '`',
    '```\n',
    '~~',
    '<',
    '>',
    '&',
    'x',
    ' ',
    '\n',
    '> ',
    '- ',
    '[a](b)',
    '||',
    '#',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const html = telegramHtml(parts.join(''))
      const open: string[] = []
      for (const [, close, name = ''] of html.matchAll(/<(\/?)([a-z-]+)[^>]*>/g)) {
        if (close === '') open.push(name)
        else if (open.pop() !== name) return false
      }
      const rest = html.replaceAll(/<\/?[a-z-]+(?: [a-z]+="[^"]*")?>/g, '').replaceAll(/&(?:lt|gt|amp|quot);/g, '')
      return open.length === 0 && !/[<>&]/.test(rest)
    }),
  )
})
