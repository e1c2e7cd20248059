import t from 'tap'
import { WorkLimit } from '../../src/kernel/work-limit.js'

t.test('a place is handed on after success and after failure', async (t) => {
  const limit = new WorkLimit(1, 2)
  const order: string[] = []
  const first = limit.run(async () => {
    order.push('first')
    throw new Error('broken')
  })
  const second = limit.run(async () => void order.push('second'))
  const third = limit.run(async () => void order.push('third'))
  t.equal(
    limit.run(async () => {}),
    undefined,
    'no place left',
  )
  await t.rejects(first ?? Promise.resolve(), { message: 'broken' })
  await Promise.all([second, third])
  t.strictSame(order, ['first', 'second', 'third'])
  t.equal(await limit.run(async () => 'again'), 'again')
})

t.test('never more at once than it may', async (t) => {
  const limit = new WorkLimit(3, 100)
  let running = 0
  let most = 0
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise(setImmediate)
    running -= 1
  }
  await Promise.all(Array.from({ length: 50 }, () => limit.run(work)))
  t.equal(most, 3)
})
