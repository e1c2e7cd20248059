import { mock } from 'node:test'
import t from 'tap'
import { systemClock } from '../../src/kernel/clock.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

t.test('a wait that is longer than a timer of Node', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const ran: string[] = []
  systemClock.after(1_000, () => ran.push('second'))
  systemClock.after(60 * dayMs, () => ran.push('60 days'))
  systemClock.after(Number.POSITIVE_INFINITY, () => ran.push('never'))
  const cancel = systemClock.after(60 * dayMs, () => ran.push('cancelled'))
  mock.timers.tick(2_000)
  t.strictSame(ran, ['second'])
  const pass = (hours: number) => {
    for (let hour = 0; hour < hours; hour += 1) mock.timers.tick(hourMs)
  }
  pass(59 * 24)
  t.strictSame(ran, ['second'])
  cancel()
  // A part that is over counts on from the tick in which it was.
  pass(30)
  t.strictSame(ran, ['second', '60 days'])
})

t.test('no real timer of Node runs early', async (t) => {
  const early: string[] = []
  const cancel = systemClock.after(9_999_999_000, () => early.push('early'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  cancel()
  t.strictSame(early, [])
})
