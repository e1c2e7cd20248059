import t from 'tap'
import { dateSpan, dateText } from '../../src/sessions/usage-dates.js'

const now = Date.UTC(2026, 10, 21, 1, 30)
const span = (query: Parameters<typeof dateSpan>[0]) => {
  const { first, last, aheadMs } = dateSpan(query, now)
  return [dateText(first), dateText(last), aheadMs / 3_600_000]
}

const rows: [query: Parameters<typeof dateSpan>[0], first: string, last: string, ahead: number][] = [
  [{}, '2026-10-23', '2026-11-21', 0],
  [{ range: '7d' }, '2026-11-15', '2026-11-21', 0],
  [{ range: 'all' }, '1970-01-01', '2026-11-21', 0],
  [{ startDate: '2026-11-01', endDate: '2026-11-02' }, '2026-11-01', '2026-11-02', 0],
  [{ range: '7d', endDate: '2026-01-07' }, '2026-01-01', '2026-01-07', 0],
  [{ range: '7d', mode: 'specific', utcOffset: 'UTC-3:30' }, '2026-11-14', '2026-11-20', -3.5],
  [{ range: '7d', mode: 'specific', timeZone: 'Asia/Shanghai' }, '2026-11-15', '2026-11-21', 8],
  [{ range: '7d', mode: 'specific', timeZone: 'America/New_York' }, '2026-11-14', '2026-11-20', -5],
  [{ range: '7d', mode: 'specific', timeZone: 'UTC' }, '2026-11-15', '2026-11-21', 0],
  [{ range: '7d', utcOffset: 'UTC+8' }, '2026-11-15', '2026-11-21', 0],
]
for (const [query, ...wanted] of rows) {
  t.test(JSON.stringify(query), async (t) => {
    t.strictSame(span(query), wanted)
  })
}

t.test('days of this machine', async (t) => {
  t.equal(dateSpan({ mode: 'gateway' }, now).aheadMs, -new Date(now).getTimezoneOffset() * 60_000 || 0)
})

t.test('what is no date or no zone', async (t) => {
  t.throws(() => dateSpan({ startDate: '2026-13-01' }, now), { code: 'invalid_request' })
  t.throws(() => dateSpan({ mode: 'specific', timeZone: 'Mars/Base' }, now), { code: 'invalid_request' })
})
