import t from 'tap'
import type { EventLetter } from '../../../src/live/event-hooks/deliver.js'
import { EventLine, type EventOutcome } from '../../../src/live/event-hooks/line.js'

function stage() {
  const seen: string[] = []
  const said: string[] = []
  const counts: EventOutcome[] = []
  const gates: (() => void)[] = []
  let fails = false
  const say = (_facts: object, text: string) => void said.push(text)
  const line = new EventLine({
    name: 'x',
    log: { debug: say, info: say, warn: say, error: say } as never,
    count: (outcome) => void counts.push(outcome),
    deliver: async ({ id }) => {
      seen.push(id)
      await new Promise<void>((resolve) => gates.push(resolve))
      if (fails) throw new Error('no')
    },
  })
  const letter = (id: string): EventLetter => ({ id, event: 'turn:end', at: 0, body: '{}' })
  const open = async () => {
    for (let gate = gates.shift(); gate; gate = gates.shift()) {
      gate()
      await new Promise(setImmediate)
    }
  }
  return { line, seen, said, counts, letter, open, failing: (on: boolean) => (fails = on) }
}

t.test('one at a time, in order, and no more than fit', async (t) => {
  const { line, seen, said, counts, letter, open } = stage()
  for (let n = 0; n < 150; n += 1) line.push(letter(String(n)))
  t.strictSame(seen, ['0'])
  t.equal(counts.filter((one) => one === 'dropped').length, 49)
  t.equal(said.length, 1, 'that events are left out is said once')
  await open()
  await line.settled()
  t.strictSame(
    seen,
    Array.from({ length: 101 }, (_, n) => String(n)),
  )
})

t.test('that a hook fails is said once, until it works again', async (t) => {
  const { line, said, counts, letter, open, failing } = stage()
  failing(true)
  for (let n = 0; n < 5; n += 1) line.push(letter(String(n)))
  await open()
  await line.settled()
  failing(false)
  line.push(letter('good'))
  await open()
  await line.settled()
  t.strictSame(counts, ['failed', 'failed', 'failed', 'failed', 'failed', 'ok'])
  t.strictSame(said, ['a hook failed; it is said once, until it works again', 'a hook works again'])
})

t.test('what waits at the end is not begun', async (t) => {
  const { line, seen, letter, open } = stage()
  for (let n = 0; n < 3; n += 1) line.push(letter(String(n)))
  line.drop()
  await open()
  await line.settled()
  t.strictSame(seen, ['0'])
})
