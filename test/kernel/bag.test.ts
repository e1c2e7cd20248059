import t from 'tap'
import { Bag } from '../../src/kernel/bag.js'

t.test('holds what was added and not removed', async (t) => {
  const bag = new Bag<{ name: string }>()
  const places = ['a', 'b', 'c'].map((name) => bag.add({ name }))
  const names = () => [...bag].map(({ name }) => name)
  bag.remove(places[1] ?? -1)
  t.strictSame(names(), ['a', 'c'])
  t.equal(bag.size, 2)
  bag.add({ name: 'd' })
  t.strictSame(names().sort(), ['a', 'c', 'd'])
  t.equal(bag.size, 3)
})

t.test('what is removed while all are visited is not visited, and nothing is visited twice', async (t) => {
  const bag = new Bag<{ place: number }>()
  const items = Array.from({ length: 10 }, () => ({ place: -1 }))
  for (const item of items) item.place = bag.add(item)
  const visited: unknown[] = []
  for (const item of bag) {
    visited.push(item)
    bag.remove(item.place)
    const next = items[items.indexOf(item) + 1]
    if (next && item === items[0]) bag.remove(next.place)
  }
  t.equal(visited.length, 9)
  t.equal(bag.size, 0)
})
