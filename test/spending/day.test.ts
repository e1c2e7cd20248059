import t from 'tap'
import { dayAt } from '../../src/spending/day.js'

const hourMs = 3_600_000
/** Clocks that go forward or back at midnight, by half an hour, over the date line; and no zone at all. */
const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'America/Havana', 'Asia/Beirut'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'Pacific/Kiritimati', 'America/St_Johns'],
]

t.test('the day of the machine is the day of its zone, whichever way it is found', async (t) => {
  const before = process.env.TZ
  t.teardown(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
  for (const zone of zones) {
    process.env.TZ = zone
    const wrong: string[] = []
    // Two years in steps that meet every hour of the day; the end of 2011 is when Samoa left a day out.
    for (const [from, to] of [
      [Date.UTC(2011, 11, 28), Date.UTC(2012, 0, 2)],
      [Date.UTC(2025, 0, 1), Date.UTC(2027, 0, 1)],
    ] as const) {
      for (let at = from; at < to; at += 5 * hourMs) {
        const [local, named] = [dayAt(at, undefined), dayAt(at, zone)]
        if (local.date !== named.date || local.endsAt !== named.endsAt) wrong.push(new Date(at).toISOString())
      }
    }
    t.strictSame(wrong, [], zone)
  }
})

t.test('a zone that does not exist is none', async (t) => {
  const at = Date.UTC(2026, 10, 30, 12)
  t.strictSame(dayAt(at, 'Mars/Olympus'), dayAt(at, undefined))
})
