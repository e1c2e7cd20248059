import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DailyFile } from '../../src/logs/daily-file.js'
import { type FollowOptions, followLog } from '../../src/logs/follow.js'
import { ManualClock } from '../helper/clock.js'
import { testFolder } from '../helper/folder.js'

const never = new AbortController().signal
// Each of those that wait at once listens to it.
setMaxListeners(0, never)
const page = { limit: 100, maxBytes: 10_000 }

function logIn(t: Test, name = 'x.log') {
  const folder = testFolder(t)
  const clock = new ManualClock()
  const log = new DailyFile({ folder, prefix: 'openclaw', clock }, { file: join(folder, name) })
  t.teardown(() => log.close())
  const follow = (cursor: number | undefined, more: Partial<FollowOptions> = {}) =>
    followLog(log, { ...page, cursor }, { waitMs: 1_000, clock, signal: never, ...more })
  return { log, clock, follow }
}

t.test('a line that is written ends the wait', async (t) => {
  const { log, follow } = logIn(t)
  log.write('one\n')
  const first = await follow(0)
  t.strictSame(first.lines, ['one'], 'also one that was on its way')
  const next = follow(first.cursor)
  log.write('two\n')
  t.match(await next, { lines: ['two'], cursor: 8 })
  log.write('three\n')
  t.match(await follow(8), { lines: ['three'] })
})

t.test('many wait at once', async (t) => {
  const { log, follow } = logIn(t)
  const waiting = Array.from({ length: 20 }, () => follow(0))
  log.write('one\n')
  for (const { lines } of await Promise.all(waiting)) t.strictSame(lines, ['one'])
})

t.test('an empty page when the time is over, or at once', async (t) => {
  const { log, clock, follow } = logIn(t)
  log.write('one\n')
  await follow(0)
  const wait = follow(4)
  await clock.pass(1_000)
  t.match(await wait, { lines: [], cursor: 4 })
  t.match(await follow(4, { waitMs: 0 }), { lines: [] })
  t.match(await follow(undefined), { lines: ['one'] }, 'without a cursor there is nothing to wait for')
  t.match(await follow(100), { reset: true }, 'another file is news')
})

t.test('a caller that is gone does not wait', async (t) => {
  const { log, follow } = logIn(t)
  log.write('one\n')
  await follow(0)
  const stop = new AbortController()
  const wait = follow(4, { signal: stop.signal })
  stop.abort(new Error('gone'))
  await t.rejects(wait, { message: 'gone' })
  await t.rejects(follow(4, { signal: stop.signal }), { message: 'gone' })
})
