import t from 'tap'
import { TextCache } from '../../src/tools/_cache.js'
import { ManualClock } from '../helper/clock.js'

t.test('what is kept, and for how long', async (t) => {
  const clock = new ManualClock()
  const cache = new TextCache({ clock, maxChars: 10 })
  cache.put('a', 'one', 1_000)
  t.equal(cache.get('a'), 'one')
  clock.advance(999)
  t.equal(cache.get('a'), 'one')
  clock.advance(1)
  t.equal(cache.get('a'), undefined)
  cache.put('a', 'one', 0)
  t.equal(cache.get('a'), undefined)
})

t.test('bounded by size: what was used longest ago goes', async (t) => {
  const cache = new TextCache({ clock: new ManualClock(), maxChars: 10 })
  cache.put('a', 'aaaa', 1_000)
  cache.put('b', 'bbbb', 1_000)
  cache.get('a')
  cache.put('c', 'cccc', 1_000)
  t.strictSame([cache.get('a'), cache.get('b'), cache.get('c')], ['aaaa', undefined, 'cccc'])
  cache.put('d', 'd'.repeat(11), 1_000)
  t.equal(cache.get('d'), undefined, 'too large alone')
  t.equal(cache.get('a'), 'aaaa', 'and nothing went for it')
  cache.put('a', 'a', 1_000)
  cache.put('e', 'eeeee', 1_000)
  t.strictSame(
    [cache.get('a'), cache.get('c'), cache.get('e')],
    ['a', 'cccc', 'eeeee'],
    'a shorter text frees its room',
  )
})

t.test('bounded by number', async (t) => {
  const cache = new TextCache({ clock: new ManualClock(), maxChars: 1_000_000 })
  for (let at = 0; at < 300; at++) cache.put(String(at), 'x', 1_000)
  const left = Array.from({ length: 300 }, (_, at) => cache.get(String(at))).filter((text) => text !== undefined)
  t.equal(left.length, 256)
})
