import fc from 'fast-check'
import t from 'tap'
import { type Chunk, chunksOf } from '../../src/memory/chunk.js'
import { estimateTokens } from '../../src/models/tokens.js'

const lines = (text: string) => text.split('\n')
/** Lines of a chunk are those of its file. */
const fits = (text: string, { startLine, endLine, text: own }: Chunk) =>
  lines(text)
    .slice(startLine - 1, endLine)
    .join('\n')
    .includes(own)

t.test('headings begin chunks, and chunks know what they stand under', async (t) => {
  const text = [
    '# House',
    '',
    '## Kitchen',
    'Oven: 180 degrees',
    '',
    '- pans',
    '## Garden',
    '### Roses',
    'Cut in March.',
    '',
  ].join('\n')
  t.strictSame(chunksOf(text), [
    { startLine: 3, endLine: 6, heading: 'House > Kitchen', text: '## Kitchen\nOven: 180 degrees\n\n- pans' },
    { startLine: 8, endLine: 9, heading: 'House > Garden > Roses', text: '### Roses\nCut in March.' },
  ])
})

t.test('a heading that nothing stands under is a note of its own', async (t) => {
  t.strictSame(
    chunksOf('# Buy milk\n# Call Ann\n').map(({ text, startLine }) => [startLine, text]),
    [[1, '# Buy milk'], [2, '# Call Ann']],
  ) // biome-ignore format: a list that reads as a list
})

t.test('what looks like a heading in code is none', async (t) => {
  const text = '# Deploy\n```sh\n# not a heading\nmake\n~~~\n```\n# Next\nx'
  t.strictSame(
    chunksOf(text).map(({ startLine, endLine, heading }) => [startLine, endLine, heading]),
    [[1, 6, 'Deploy'], [7, 8, 'Next']],
  ) // biome-ignore format: a list that reads as a list
})

t.test('a long section is cut between paragraphs and repeats a little', async (t) => {
  const paragraph = (n: number) =>
    [`Paragraph ${n}.`, ...Array.from({ length: 4 }, (_, i) => `${n}-${i} ${'word '.repeat(14)}`.trimEnd())].join('\n')
  const text = `# Long\n${Array.from({ length: 12 }, (_, n) => paragraph(n)).join('\n\n')}`
  const chunks = chunksOf(text)
  t.ok(chunks.length > 2)
  for (const chunk of chunks) {
    t.ok(fits(text, chunk), `${chunk.startLine}-${chunk.endLine}`)
    t.ok(estimateTokens(chunk.text) <= 400)
    t.equal(chunk.heading, 'Long')
  }
  for (const [index, chunk] of chunks.slice(1).entries()) {
    const before = chunks[index] as Chunk
    t.ok(chunk.startLine <= before.endLine, 'the beginning repeats the end')
    t.ok(chunk.startLine > before.startLine)
    t.match(lines(text)[before.endLine] ?? '', /^$/, 'the cut is between paragraphs')
  }
})

t.test('a line of a whole book is cut at sentences, without losing any', async (t) => {
  const sentences = Array.from({ length: 60 }, (_, n) => `第${n}句话讲的是网关怎样保存会话，以及重启之后怎样恢复。`)
  const chunks = chunksOf(sentences.join(''))
  t.ok(chunks.length >= 4)
  for (const { startLine, endLine, text } of chunks) {
    t.strictSame([startLine, endLine], [1, 1])
    t.ok(estimateTokens(text) <= 400)
  }
  for (const sentence of sentences)
    t.ok(
      chunks.some(({ text }) => text.includes(sentence)),
      sentence,
    )
})

t.test('whatever the text: nothing is lost, lines are right, chunks are bounded', async (t) => {
  const line = fc.oneof(
    fc.constantFrom('', '# A', '### B', '```', '~~~', '    ', '...', '。。'),
    fc.string({ maxLength: 80 }).map((text) => text.replace(/[\r\n]/g, ' ')),
    fc.integer({ min: 1, max: 3_000 }).map((length) => 'w. '.repeat(length)),
    fc.integer({ min: 1, max: 3_000 }).map((length) => '字'.repeat(length)),
  )
  const property = fc.property(fc.array(line, { maxLength: 40 }), (all) => {
    const text = all.join('\n')
    const chunks = chunksOf(text)
    for (const chunk of chunks) {
      if (!fits(text, chunk)) throw new Error(`lines ${chunk.startLine}-${chunk.endLine} are others`)
      if (estimateTokens(chunk.text) > 520) throw new Error(`a chunk of ${estimateTokens(chunk.text)} tokens`)
    }
    for (const [index, written] of all.entries()) {
      if (written.trim() === '' || /^ {0,3}#{1,6}\s/.test(written)) continue
      const at = index + 1
      if (!chunks.some(({ startLine, endLine }) => startLine <= at && at <= endLine))
        throw new Error(`line ${at} is lost`)
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('a heading of many spaces costs no more than its length', (t) => {
  const spaces = ' '.repeat(200_000)
  const [chunk] = chunksOf(`# a${spaces}b${spaces}#${spaces}\ntext`)
  t.equal(chunk?.heading, `a${spaces}b`)
  t.strictSame(
    ['# a', '## a ##', '# a#b #', '# C#', '#\u3000中文', '# #', '#  '].map(
      (line) => chunksOf(`${line}\ntext`)[0]?.heading,
    ),
    ['a', 'a', 'a#b', 'C', '中文', '', ''],
  )
  t.equal(chunksOf('#a\ntext')[0]?.heading, '', 'no heading')
  t.end()
})
