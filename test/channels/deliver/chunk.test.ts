import fc from 'fast-check'
import t from 'tap'
import { chunkMarkdown } from '../../../src/channels/deliver/chunk.js'

const fences = (text: string) => text.split('\n').filter((line) => /^ {0,3}(?:```|~~~)/.test(line)).length

t.test('a text that fits is one message', async (t) => {
  t.strictSame(chunkMarkdown('  hello\n', 100), ['hello'])
  t.strictSame(chunkMarkdown('   ', 100), [])
})

t.test('cut at paragraphs, else at lines, sentences, blanks', async (t) => {
  t.strictSame(chunkMarkdown(`${'a'.repeat(50)}\n\n${'b'.repeat(60)}`, 100), ['a'.repeat(50), 'b'.repeat(60)])
  t.strictSame(chunkMarkdown(`${'a'.repeat(40)}\n${'b'.repeat(70)}`, 100), ['a'.repeat(40), 'b'.repeat(70)])
  t.strictSame(chunkMarkdown(`${'a'.repeat(40)}. ${'b'.repeat(70)}`, 100), [`${'a'.repeat(40)}.`, 'b'.repeat(70)])
  t.strictSame(chunkMarkdown(`${'好'.repeat(40)}。${'坏'.repeat(70)}`, 100), [`${'好'.repeat(40)}。`, '坏'.repeat(70)])
})

t.test('a fence that is cut is closed, and opened again with its language', async (t) => {
  const code = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')
  const chunks = chunkMarkdown(`Look:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nDone.`, 200)
  t.ok(chunks.length >= 2)
  for (const chunk of chunks) {
    t.ok(chunk.length <= 200, `${chunk.length}`)
    t.equal(fences(chunk) % 2, 0, chunk)
  }
  t.match(chunks[1], /^```ts\nline/)
  const lines = chunks.flatMap((chunk) => chunk.split('\n').filter((line) => line.startsWith('line ')))
  t.strictSame(lines, code.split('\n'), 'nothing is lost and nothing doubled')
})

t.test('newline: a message for each paragraph; fences and lists stay whole, and what is too long is cut', async (t) => {
  const cut = (text: string, limit = 100) => chunkMarkdown(text, limit, 'newline')
  t.strictSame(cut('a\nb\n\n\nc'), ['a\nb', 'c'])
  t.strictSame(cut('x\n\n```\na\n\nb\n```\n\ny'), ['x', '```\na\n\nb\n```', 'y'])
  t.strictSame(cut('Two:\n\n1. a\n\n   more\n\n2. b\n\nend'), ['Two:', '1. a\n\n   more\n\n2. b', 'end'])
  t.strictSame(cut(`${'a'.repeat(150)}\n\nb`), ['a'.repeat(100), 'a'.repeat(50), 'b'])
})

t.test('whatever the text: no message is too long, no character is lost or broken', async () => {
  const word = fc.oneof(
    fc.constantFrom('a', 'bb', '😀', '```', '~~~', '\n', '\n\n', '. ', ' ', '**x**'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  const mode = fc.constantFrom('length' as const, 'newline' as const)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), fc.integer({ min: 80, max: 400 }), mode, (words, limit, mode) => {
      const text = words.join('')
      const chunks = chunkMarkdown(text, limit, mode)
      const kept = (all: string) => all.replaceAll(/[\s`~]/g, '')
      const whole = chunks.every((chunk) => chunk.length <= limit && !/\p{Surrogate}/u.test(chunk))
      return whole && kept(chunks.join('')).length >= kept(text).length
    }),
  )
})
