import t from 'tap'
import { estimatePrompt, estimateTokens } from '../../src/models/tokens.js'

t.test('texts', async (t) => {
  const cases: [string, number][] = [
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['你好世界', 4],
    ['你好 abcd', 4],
    ['😀', 1],
    ['한국어', 3],
    ['éàü', 1],
  ]
  for (const [text, tokens] of cases) t.equal(estimateTokens(text), tokens, text)
})

t.test('prompts', async (t) => {
  const content = [{ type: 'text' as const, text: 'abcd' }]
  const plain = estimatePrompt([{ role: 'user', content }], [])
  t.equal(plain, 5)
  t.equal(estimatePrompt([{ role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: 'A' }] }], []), 804)
  const toolCalls = [{ id: '1', name: 'abcd', arguments: '{"a":1}x' }]
  t.equal(estimatePrompt([{ role: 'assistant', content, toolCalls }], []), plain + 3)
  t.ok(estimatePrompt([{ role: 'user', content }], [{ name: 'f' }]) > plain)
})
