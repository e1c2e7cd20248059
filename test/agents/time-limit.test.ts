import t from 'tap'
import { TimeLimit } from '../../src/agents/time-limit.js'
import { HandClock } from '../helper/clock.js'

t.test('what passes while it is held does not count', async (t) => {
  const clock = new HandClock()
  let over = 0
  const limit = new TimeLimit(clock, 1000, () => {
    over += 1
  })
  clock.advance(400)
  const one = limit.hold()
  clock.advance(5000)
  const two = limit.hold()
  one()
  one()
  clock.advance(5000)
  t.equal(over, 0, 'somebody still holds it')
  two()
  clock.advance(599)
  t.equal(over, 0)
  clock.advance(1)
  t.equal(over, 1)
})

t.test('one that was cancelled stays so', async (t) => {
  const clock = new HandClock()
  const limit = new TimeLimit(clock, 1000, () => t.fail('it was cancelled'))
  const release = limit.hold()
  limit.cancel()
  release()
  clock.advance(5000)
})
