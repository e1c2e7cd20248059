import t from 'tap'
import { Repeats } from '../../src/agents/repeats.js'

const call = (args: string) => ({ id: 'c', name: 'read', arguments: args })
const said = (text: string) => [{ type: 'text' as const, text }]

t.test('the same as before a summary: a word to the model, then the end', async (t) => {
  const repeats = new Repeats()
  t.strictSame(repeats.note(call('a'), said('x')), {})
  repeats.compacted()
  t.match(repeats.note(call('a'), said('x')), { hint: /before the conversation was summed up/ })
  repeats.compacted()
  t.match(repeats.note(call('a'), said('x')), { stop: true })
})

t.test('another result, another call, or the same much later is no loop', async (t) => {
  const repeats = new Repeats()
  repeats.note(call('a'), said('x'))
  repeats.compacted()
  t.strictSame(repeats.note(call('a'), said('y')), {})
  t.strictSame(repeats.note(call('b'), said('x')), {})
  t.strictSame(repeats.note(call('c'), said('x')), {})
  t.strictSame(repeats.note(call('a'), said('x')), {})
})
