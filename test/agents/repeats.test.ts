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

for (const turns of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
  t.test(
    `${turns.length} calls that take turns are told at ten rounds, refused at twenty, the end at thirty`,
    async (t) => {
      const repeats = new Repeats()
      const first: Record<string, number> = {}
      for (let round = 1; round <= 31; round++) {
        for (const name of turns) {
          const verdict = repeats.judge(call(name))
          if (verdict !== 'fine') first[verdict] ??= round
          if (verdict === 'stop') continue
          if (verdict === 'refuse') repeats.refused(call(name))
          else if (repeats.note(call(name), said('x')).hint) first.hint ??= round
        }
      }
      t.strictSame(first, { hint: 10, refuse: 21, stop: 31 })
    },
  )
}

t.test('work between the same calls is no loop', async (t) => {
  const repeats = new Repeats()
  for (let round = 0; round < 40; round++) {
    t.equal(repeats.judge(call('npm test')), 'fine')
    t.strictSame(repeats.note(call('npm test'), said('1 failed')), {})
    t.strictSame(repeats.note(call(`edit ${round}`), said('edited')), {})
  }
})
