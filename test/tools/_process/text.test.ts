import t from 'tap'
import { plain } from '../../../src/tools/_process/text.js'

t.test('of a line that was written over its last state is shown', async (t) => {
  for (const [text, shown] of [
    [' 10%\r 50%\r100%\ndone\r\n', '100%\ndone\n'],
    ['a\r\r\nb\r\n', 'a\nb\n'],
    ['a\rb\r', 'b'],
    ['a\r\r\r', 'a'],
    ['\r\r', ''],
  ] as const)
    t.equal(plain(text), shown, JSON.stringify(text))
})

t.test('many returns cost no more than their number', async (t) => {
  const many = '\r'.repeat(1_000_000)
  t.equal(plain(`a${many}b${many}\n${many}`), 'b\n')
})
