import fc from 'fast-check'
import t from 'tap'
import type { CronSchedule } from '../../../schemas/cron.js'
import { checkSchedule, nextRunAt, offsetOf } from '../../../src/automation/cron/schedule.js'

const job = { id: 'a-job', createdAt: Date.parse('2026-01-01T00:00:30Z') }
const cron = (expr: string, tz = 'UTC'): CronSchedule => ({ kind: 'cron', expr, tz, staggerMs: 0 })

/** The instants at which a job is due, one after the other. */
function runs(schedule: CronSchedule, after: string, count: number): string[] {
  const found: string[] = []
  for (let at: number | undefined = Date.parse(after); found.length < count; ) {
    at = nextRunAt(schedule, at, job)
    if (at === undefined) break
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'))
  }
  return found
}

/** Expression, zone, from when, and the next instants (UTC). */
const table: readonly (readonly [expr: string, tz: string, after: string, next: readonly string[]])[] = [
  // The hour that is left out in spring: what is due in it comes when it is over, once.
  ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
  ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
  ['15 2 * * *', 'Australia/Sydney', '2026-10-03T00:00:00Z', ['2026-10-03T16:00Z', '2026-10-04T15:15Z']],
  ['30 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z', ['2026-04-23T22:00Z', '2026-04-24T21:30Z']],
  [
    '0 9 * * *',
    'Europe/Berlin',
    '2026-03-28T00:00:00Z',
    ['2026-03-28T08:00Z', '2026-03-29T07:00Z', '2026-03-30T07:00Z'],
  ],
  ['0 9 * * *', 'America/Sao_Paulo', '2026-03-28T00:00:00Z', ['2026-03-28T12:00Z', '2026-03-29T12:00Z']],
  ['0 9 * * *', 'Asia/Shanghai', '2026-03-28T00:00:00Z', ['2026-03-28T01:00Z', '2026-03-29T01:00Z']],
  // The hour that comes twice in autumn: once.
  ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
  ['30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
  ['30 2 * * *', 'Australia/Sydney', '2026-04-04T00:00:00Z', ['2026-04-04T15:30Z', '2026-04-05T16:30Z']],
  ['45 1 * * *', 'Europe/London', '2026-10-24T12:00:00Z', ['2026-10-25T00:45Z', '2026-10-26T01:45Z']],
  // Leap days and the ends of months.
  ['0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
  ['0 12 31 * *', 'UTC', '2026-01-31T12:00:00Z', ['2026-03-31T12:00Z', '2026-05-31T12:00Z', '2026-07-31T12:00Z']],
  ['0 12 L * *', 'UTC', '2026-01-31T12:00:00Z', ['2026-02-28T12:00Z', '2026-03-31T12:00Z', '2026-04-30T12:00Z']],
  ['0 12 L 2 *', 'UTC', '2027-03-01T00:00:00Z', ['2028-02-29T12:00Z', '2029-02-28T12:00Z']],
  // A day of the month and a day of the week: either is enough.
  ['0 0 13 * 5', 'UTC', '2026-03-01T00:00:00Z', ['2026-03-06T00:00Z', '2026-03-13T00:00Z', '2026-03-20T00:00Z']],
  ['0 0 1 * 1', 'UTC', '2026-05-30T00:00:00Z', ['2026-06-01T00:00Z', '2026-06-08T00:00Z', '2026-06-15T00:00Z']],
  // Steps, ranges, lists, names.
  ['*/15 * * * *', 'UTC', '2026-01-01T00:14:00Z', ['2026-01-01T00:15Z', '2026-01-01T00:30Z']],
  ['*/15 * * * *', 'Asia/Kolkata', '2026-01-01T00:14:59Z', ['2026-01-01T00:15Z', '2026-01-01T00:30Z']],
  ['0 9-17/4 * * MON-FRI', 'UTC', '2026-01-02T13:00:00Z', ['2026-01-02T17:00Z', '2026-01-05T09:00Z']],
  ['5,35 8 * JAN,DEC *', 'UTC', '2026-01-31T08:35:00Z', ['2026-12-01T08:05Z', '2026-12-01T08:35Z']],
  ['0 0 * * 7', 'UTC', '2026-01-01T00:00:00Z', ['2026-01-04T00:00Z', '2026-01-11T00:00Z']],
  ['59 23 31 12 *', 'UTC', '2026-12-31T23:59:00Z', ['2027-12-31T23:59Z']],
]

for (const [expr, tz, after, next] of table) {
  t.test(`${expr} in ${tz} after ${after}`, async (t) => {
    t.strictSame(runs(cron(expr, tz), after, next.length), next)
  })
}

t.test('an instant itself is never due again', async (t) => {
  const at = Date.parse('2026-01-01T00:15:00Z')
  t.equal(nextRunAt(cron('*/15 * * * *'), at, job), at + 900_000)
  t.equal(nextRunAt(cron('*/15 * * * *'), at - 1, job), at)
  t.equal(nextRunAt({ kind: 'every', everyMs: 1_000, anchorMs: at }, at, job), at + 1_000)
  t.equal(nextRunAt({ kind: 'at', at: '2026-01-01T00:15:00Z' }, at, job), undefined)
  t.equal(nextRunAt({ kind: 'at', at: '2026-01-01T00:15:00Z' }, at - 1, job), at)
})

t.test('six fields: seconds come first', async (t) => {
  t.equal(nextRunAt(cron('*/10 * * * * *'), 1_000, job), 10_000)
})

t.test('once: with a zone, without one, as a date', async (t) => {
  const at = (text: string) => nextRunAt({ kind: 'at', at: text }, 0, job)
  t.equal(at('2026-12-24T18:00:00+01:00'), Date.parse('2026-12-24T17:00:00Z'))
  t.equal(at('2026-12-24T18:00:00'), Date.parse('2026-12-24T18:00:00Z'))
  t.equal(at('2026-12-24 18:00'), Date.parse('2026-12-24T18:00:00Z'))
  t.equal(at('2026-12-24'), Date.parse('2026-12-24T00:00:00Z'))
})

t.test('at even distances: from the anchor, else from when the job was made', async (t) => {
  const every = (everyMs: number, after: string, anchorMs?: number) =>
    nextRunAt({ kind: 'every', everyMs, ...(anchorMs !== undefined && { anchorMs }) }, Date.parse(after), job)
  t.equal(every(60_000, '2026-01-01T00:10:00Z'), Date.parse('2026-01-01T00:10:30Z'))
  t.equal(every(60_000, '2026-01-01T00:10:00Z', Date.parse('2026-01-01T00:00:45Z')), Date.parse('2026-01-01T00:10:45Z'))
  const later = Date.parse('2027-01-01T00:00:00Z')
  t.equal(every(60_000, '2026-01-01T00:10:00Z', later), later, 'not before its anchor')
})

t.test('full hours are spread, each job always by the same; exact where it says so', async (t) => {
  const hourly: CronSchedule & { kind: 'cron' } = { kind: 'cron', expr: '0 * * * *', tz: 'UTC' }
  const offsets = ['a', 'b', 'c', 'd'].map((id) => offsetOf(hourly, id))
  t.equal(new Set(offsets).size, 4)
  t.ok(offsets.every((offset) => offset >= 0 && offset < 300_000))
  t.equal(offsetOf(hourly, 'a'), offsets[0])
  t.equal(offsetOf({ ...hourly, staggerMs: 0 }, 'a'), 0)
  for (const expr of ['5 * * * *', '0 9 * * *', '30 0 * * * *']) t.equal(offsetOf({ ...hourly, expr }, 'a'), 0, expr)
  const start = Date.parse('2026-01-01T10:00:00Z')
  const late = offsetOf(hourly, job.id)
  t.equal(nextRunAt(hourly, start, job), start + late, 'the slot is past, its late instant is not')
  t.equal(nextRunAt(hourly, start + late, job), start + 3_600_000 + late)
})

t.test('what means nothing is refused with the reason', async (t) => {
  const refused: readonly (readonly [CronSchedule, RegExp, string])[] = [
    [{ kind: 'at', at: 'tomorrow' }, /no time/, 'schedule.at'],
    [cron('* * *'), /five fields/, 'schedule.expr'],
    [cron('61 * * * *'), /no cron expression/, 'schedule.expr'],
    [cron('x * * * *'), /no cron expression/, 'schedule.expr'],
    [cron('0 0 * * *', 'Mars/Olympus'), /time zone/, 'schedule.tz'],
  ]
  for (const [schedule, message, param] of refused) {
    t.throws(() => checkSchedule(schedule), { code: 'invalid_params', message, param })
  }
  t.doesNotThrow(() => checkSchedule(cron('0 0 30 2 *')))
  t.equal(nextRunAt(cron('0 0 30 2 *'), 0, job), undefined, 'a day that never comes')
})

/** The same question answered the slow way, by looking at every day. */
function slowly(fields: readonly Set<number>[], stars: readonly boolean[], after: number): number | undefined {
  const [minutes, hours, days, months, weekdays] = fields as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ]
  const day = new Date(after)
  day.setUTCHours(0, 0, 0, 0)
  for (let count = 0; count < 366 * 9; count += 1, day.setUTCDate(day.getUTCDate() + 1)) {
    if (!months.has(day.getUTCMonth() + 1)) continue
    const [ofMonth, ofWeek] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())]
    if (!(stars[2] || stars[4] ? ofMonth && ofWeek : ofMonth || ofWeek)) continue
    for (const hour of [...hours].sort((a, b) => a - b)) {
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const at = day.getTime() + (hour * 60 + minute) * 60_000
        if (at > after) return at
      }
    }
  }
  return undefined
}

t.test('random expressions are due when a look at every day says so', async (t) => {
  const ranges = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const
  const field = ([low, high]: readonly [number, number]) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant({ text: '*', set: span(low, high), star: true }) },
      fc.integer({ min: low, max: high }).map((at) => ({ text: String(at), set: new Set([at]), star: false })),
      fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map(([a, b]) => ({
        text: `${Math.min(a, b)}-${Math.max(a, b)}`,
        set: span(Math.min(a, b), Math.max(a, b)),
        star: false,
      })),
      fc
        .array(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 4 })
        .map((list) => ({ text: list.join(','), set: new Set(list), star: false })),
    )
  const expression = fc.tuple(...ranges.map(field))
  const instant = fc.integer({ min: Date.parse('2020-01-01Z'), max: Date.parse('2035-01-01Z') })
  fc.assert(
    fc.property(expression, instant, (parts, after) => {
      const expr = parts.map(({ text }) => text).join(' ')
      const wanted = slowly(
        parts.map(({ set }) => set),
        parts.map(({ star }) => star),
        after,
      )
      const got = nextRunAt(cron(expr), after, job)
      if (got !== wanted) throw new Error(`${expr} after ${new Date(after).toISOString()}: ${got} and not ${wanted}`)
    }),
    { numRuns: 500 },
  )
  t.pass('500 expressions')
})

function span(low: number, high: number): Set<number> {
  return new Set(Array.from({ length: high - low + 1 }, (_, index) => low + index))
}
