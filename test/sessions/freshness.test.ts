import t from 'tap'
import { isStale, resetPolicy } from '../../src/sessions/freshness.js'
import type { SessionRow } from '../../src/storage/types.js'

/** A time of this machine's calendar. */
const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).getTime()
const row = (startedAt: number, updatedAt = startedAt, entries = 2) =>
  ({ startedAt, updatedAt, entries }) as Pick<SessionRow, 'startedAt' | 'updatedAt' | 'entries'> as SessionRow

t.test('daily, at its hour by the calendar', async (t) => {
  t.equal(isStale({}, row(at(10, 3, 59)), at(10, 4, 1)), true)
  t.equal(isStale({}, row(at(10, 4, 1)), at(11, 3, 59)), false)
  t.equal(isStale({}, row(at(10, 4, 1)), at(11, 4, 0)), true)
  t.equal(isStale({ atHour: 12 }, row(at(10, 5)), at(10, 11)), false)
  t.equal(isStale({ mode: 'daily', atHour: 12 }, row(at(10, 5)), at(10, 13)), true)
  t.equal(isStale({}, row(at(1, 5), at(10, 5)), at(10, 6)), true, 'the beginning counts, not the last message')
  // On 29 March 2026 Europe skips an hour and on 8 March America does; 4 o'clock is 4 o'clock there too.
  for (let day = 1; day < 31; day += 1) {
    t.equal(isStale({}, row(at(day, 5)), at(day + 1, 3, 59)), false)
    t.equal(isStale({}, row(at(day, 5)), at(day + 1, 4, 0)), true)
  }
})

t.test('idle, or both, or never', async (t) => {
  const idle = { mode: 'idle', idleMinutes: 30 } as const
  t.equal(isStale(idle, row(at(1, 5), at(10, 5)), at(10, 5, 30)), false)
  t.equal(isStale(idle, row(at(1, 5), at(10, 5)), at(10, 5, 31)), true)
  t.equal(isStale({ mode: 'idle' }, row(at(1, 5), at(10, 5)), at(10, 6, 1)), true)
  t.equal(isStale({ mode: 'daily', idleMinutes: 30 }, row(at(10, 5)), at(10, 6)), true)
  t.equal(isStale({ mode: 'none', idleMinutes: 1 }, row(at(1, 5)), at(10, 6)), false)
  t.equal(isStale({}, row(at(1, 5), at(1, 5), 0), at(10, 6)), false, 'an empty session is fresh')
})

t.test('the sort of conversation decides before what is set for all', async (t) => {
  const session = {
    reset: { mode: 'none' },
    resetByType: { group: { mode: 'idle' }, thread: { mode: 'daily' } },
  } as const
  t.match(resetPolicy({ session }, 'agent:main:main'), { mode: 'none' })
  t.match(resetPolicy({ session }, 'agent:main:telegram:group:1'), { mode: 'idle' })
  t.match(resetPolicy({ session }, 'agent:main:telegram:group:1:topic:2'), { mode: 'daily' })
  t.strictSame(resetPolicy({}, 'agent:main:main'), {})
})
