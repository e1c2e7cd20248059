import fc from 'fast-check'
import t from 'tap'
import { BlockCutter, blockRules, blockText, type CutRules } from '../../../src/channels/deliver/blocks.js'
import { openFence } from '../../../src/channels/deliver/chunk.js'
import type { Channel } from '../../../src/channels/port.js'

const rules: CutRules = { min: 20, max: 60, seam: 'paragraph', together: 1, whole: false }

/** What is given away of a text that comes in pieces of this length; the last is what is left at its end. */
function blocksOf(text: string, more: Partial<CutRules> = {}, size = 7): string[] {
  const cutter = new BlockCutter({ ...rules, ...more })
  const found: string[] = []
  for (let at = 0; at < text.length; at += size) {
    found.push(...cutter.add(text.slice(at, at + size)).map((block) => block.text))
  }
  const last = cutter.finish()
  return last ? [...found, last.text] : found
}

t.test('a block ends with a paragraph, else where a text that is too long is best cut', async (t) => {
  const one = 'One two three four five six.'
  t.strictSame(blocksOf(`${one}\n\n${one}\n\nend`), [one, one, 'end'])
  t.strictSame(blocksOf(`${one} ${one} ${one}`), [`${one} ${one}`, one])
  t.strictSame(blocksOf(`${one}\n${one}\n\nend`), [`${one}\n${one}`, 'end'])
  t.strictSame(blocksOf(`${one}\n${one}\nend`, { seam: 'newline' }), [one, one, 'end'])
  t.strictSame(blocksOf(`${one} ${one} end`, { seam: 'sentence' }), [one, one, 'end'])
  t.strictSame(blocksOf('short\n\nshort\n\nshort\n\nshort'), ['short\n\nshort\n\nshort', 'short'])
})

t.test('blocks wait for each other until there is enough', async (t) => {
  const one = 'One two three four five six.'
  t.strictSame(blocksOf(`${one}\n\n${one}\n\n${one}`, { together: 50 }), [`${one}\n\n${one}`, one])
})

t.test('whole: nothing is said before the model has ended', async (t) => {
  const one = 'One two three four five six.'
  t.strictSame(blocksOf(`${one}\n\n${one}`, { whole: true }), [`${one}\n\n${one}`])
})

t.test('a fence is not cut when it fits; one that does not is closed and opened again', async (t) => {
  const fence = '```ts\nconst a = 1\n\nconst b = 2\n```'
  t.strictSame(blocksOf(`Some words stand here.\n\n${fence}\n\nend`), ['Some words stand here.', fence, 'end'])
  const long = `\`\`\`ts\n${Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n')}\n\`\`\`\n\nend`
  const blocks = blocksOf(long)
  t.ok(blocks.length > 2)
  for (const block of blocks) t.equal(openFence(block), undefined, block)
  t.strictSame(
    blocks
      .join('\n')
      .split('\n')
      .filter((line) => line.startsWith('line ')),
    Array.from({ length: 20 }, (_, line) => `line ${line}`),
  )
  t.equal(blocks.at(-1)?.endsWith('end'), true)
})

t.test('what follows a block that ended in a fence stands alone', async (t) => {
  t.equal(blockText('```ts\na\nb\n```\nend', 8), '```ts\nb\n```\nend')
  t.equal(blockText('```ts\na\n```\nend', 7), 'end')
  t.equal(blockText('```ts\na\n```\n', 7), '')
  t.equal(blockText('hello', 5), '')
})

t.test('whatever the text and however it comes: nothing is lost, and every fence is whole', async () => {
  const word = fc.constantFrom('a', 'bb. ', '😀', '```\n', '~~~\n', '\n', '\n\n', 'word ', '。', '**x**')
  const seam = fc.constantFrom('paragraph' as const, 'newline' as const, 'sentence' as const)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 150 }), seam, fc.integer({ min: 1, max: 30 }), (words, seam, size) => {
      const text = words.join('')
      const blocks = blocksOf(text, { seam }, size)
      const kept = (all: string) => all.replaceAll(/[\s`~]/g, '')
      return kept(blocks.join('')) === kept(text) && blocks.every((block) => openFence(block) === undefined)
    }),
  )
})

t.test(
  'who says answers in blocks: the account, its streaming.block, the default where the channel takes that',
  async (t) => {
    const channel = (blocks: object | undefined) =>
      ({ capabilities: { textLimit: 1_000, ...(blocks && { blocks }) } }) as Channel
    const wanted = (keys: object, blocks?: object) => ({
      account: { channel: 'x', id: 'default', path: 'channels.x', keys: { ...keys } },
      channel: channel(blocks),
    })
    const on = { agents: { defaults: { blockStreamingDefault: 'on' as const } } }
    const telegram = { byDefault: true }
    t.equal(blockRules(wanted({}, telegram), {}), undefined)
    t.ok(blockRules(wanted({}, telegram), on))
    t.equal(blockRules(wanted({}, {}), on), undefined)
    t.equal(blockRules(wanted({ blockStreaming: false }, telegram), on), undefined)
    t.match(blockRules(wanted({ blockStreaming: true }), {}), { min: 800, max: 1_000, together: 800, idleMs: 1_000 })
    t.match(blockRules(wanted({ streaming: { block: { enabled: true } } }, { together: 1_500 }), {}), {
      together: 1_500,
    })
    const coalesce = { blockStreaming: true, streaming: { block: { coalesce: { minChars: 5 } } } }
    t.match(blockRules(wanted(coalesce, { together: 1_500 }), {}), { together: 5, idleMs: 1_000 })
    const pause = (humanDelay: object) =>
      blockRules(wanted({ blockStreaming: true }), { agents: { defaults: { humanDelay } } })?.pause
    t.equal(pause({ mode: 'off' }), undefined)
    t.strictSame(pause({ mode: 'natural', minMs: 1 }), { minMs: 800, maxMs: 2_500 })
    t.strictSame(pause({ mode: 'custom', minMs: 1, maxMs: 2 }), { minMs: 1, maxMs: 2 })
  },
)

t.test('prose behind a fence that is longer than a block is no part of it', async (t) => {
  const code = Array.from({ length: 12 }, (_, line) => `line number ${line}`).join('\n')
  const prose = 'After the code come words that stand in no fence at all. And more of them follow here.'
  const blocks = blocksOf(`\`\`\`\n${code}\n\`\`\`\n\n${prose}`)
  const outside = blocks.join('\n').replace(/```[\s\S]*?```/g, '')
  t.equal(outside.replace(/\s+/g, ' ').trim(), prose)
})
