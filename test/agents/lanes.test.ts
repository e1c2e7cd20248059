import t from 'tap'
import { Lanes } from '../../src/agents/lanes.js'

const never = new AbortController().signal

t.test('turns of one session run in the order they came, other sessions do not wait', async (t) => {
  const lanes = new Lanes()
  const order: string[] = []
  const noted = (name: string) => (leave: () => void) => {
    order.push(name)
    return leave
  }
  const first = await lanes.enter('a', never)
  const second = lanes.enter('a', never).then(noted('second'))
  const third = lanes.enter('a', never).then(noted('third'))
  ;(await lanes.enter('b', never))()
  t.equal(lanes.size, 3)
  t.strictSame(order, [])
  first()
  ;(await second)()
  ;(await third)()
  t.strictSame(order, ['second', 'third'])
  t.equal(lanes.size, 0)
})

t.test('leaving twice lets only one turn in', async (t) => {
  const lanes = new Lanes()
  const first = await lanes.enter('a', never)
  const second = lanes.enter('a', never)
  let thirdRuns = false
  const third = lanes.enter('a', never).then((leave) => {
    thirdRuns = true
    return leave
  })
  first()
  first()
  const leaveSecond = await second
  await new Promise(setImmediate)
  t.equal(thirdRuns, false)
  leaveSecond()
  ;(await third)()
})

t.test('a full lane refuses with a time to wait', async (t) => {
  const lanes = new Lanes(() => 1)
  const leave = await lanes.enter('a', never)
  const waiting = lanes.enter('a', never)
  await t.rejects(lanes.enter('a', never), { code: 'session_busy', retryAfterMs: 2000 })
  leave()
  ;(await waiting)()
})

t.test('a caller who leaves the queue frees its place', async (t) => {
  const lanes = new Lanes(() => 1)
  const leave = await lanes.enter('a', never)
  const gone = new AbortController()
  const waiting = lanes.enter('a', gone.signal)
  gone.abort(new Error('left'))
  await t.rejects(waiting, /left/)
  const next = lanes.enter('a', never)
  leave()
  ;(await next)()
  t.equal(lanes.size, 0)
})

t.test('the bound follows the config', async (t) => {
  let most = 0
  const lanes = new Lanes(() => most)
  const leave = await lanes.enter('a', never)
  await t.rejects(lanes.enter('a', never), { code: 'session_busy' })
  most = 1
  const waiting = lanes.enter('a', never)
  leave()
  ;(await waiting)()
})
