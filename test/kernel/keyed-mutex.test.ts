import t from 'tap'
import { KeyedMutex } from '../../src/kernel/keyed-mutex.js'

t.test('one after the other under a key, side by side under others, whatever fails', async (t) => {
  const mutex = new KeyedMutex()
  const seen: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`)
      await new Promise(setImmediate)
      seen.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = await Promise.allSettled([
    mutex.run('k', work('a', true)),
    mutex.run('k', work('b')),
    mutex.run('other', work('c')),
  ])
  t.strictSame(
    seen.filter((step) => !step.startsWith('c')),
    ['a begins', 'a ends', 'b begins', 'b ends'],
  )
  t.ok(seen.indexOf('c begins') < seen.indexOf('a ends'))
  t.match(results, [
    { status: 'rejected', reason: { message: 'a' } },
    { status: 'fulfilled', value: 'b' },
    { status: 'fulfilled', value: 'c' },
  ])
  t.equal(mutex.size, 0, 'nothing is kept')
})
