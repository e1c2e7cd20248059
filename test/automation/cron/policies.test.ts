import t from 'tap'
import type { CronSchedule } from '../../../schemas/cron.js'
import { nextRunAt } from '../../../src/automation/cron/schedule.js'
import { WallClock } from '../../helper/clock.js'
import { minute, stage } from './stage.js'

const hour = 60 * minute
const step = 10 * minute
/** What is later than this has been missed. */
const missedMs = minute

/** Days on which the clocks change, from before midnight (UTC); one zone without such days. */
const days: readonly (readonly [zone: string, from: string])[] = [
  ['Europe/Berlin', '2026-03-28T22:00:00Z'],
  ['Europe/Berlin', '2026-10-24T21:00:00Z'],
  ['America/New_York', '2026-03-08T04:00:00Z'],
  ['America/New_York', '2026-11-01T03:00:00Z'],
  ['Australia/Sydney', '2026-10-03T13:00:00Z'],
  ['Australia/Sydney', '2026-04-04T12:00:00Z'],
  ['America/Sao_Paulo', '2026-03-29T02:00:00Z'],
  ['Europe/London', '2026-03-28T23:00:00Z'],
  ['Europe/London', '2026-10-24T22:00:00Z'],
  ['Africa/Cairo', '2026-04-23T20:00:00Z'],
  ['Africa/Cairo', '2026-10-29T20:00:00Z'],
  ['Asia/Shanghai', '2028-02-28T15:00:00Z'],
]
const lengthMs = 8 * hour
const expressions = ['0 * * * *', '30 2 * * *', '*/20 1-4 * * *']
const policies = ['once', 'skip', 'all'] as const
const events = ['nothing', 'sleep', 'back', 'restart'] as const
/** When it happens, after the beginning. */
const eventMs = 2 * hour + step

let cases = 0

for (const [zone, from] of days) {
  for (const event of events) {
    t.test(`${zone} from ${from}: ${event}`, async (t) => {
      const begin = Date.parse(from)
      const clock = new WallClock(begin)
      let world = await stage(t, { clock, cron: { maxConcurrentRuns: 9 } })
      const jobs: { name: string; schedule: CronSchedule; policy: (typeof policies)[number]; id: string }[] = []
      for (const expr of expressions) {
        for (const policy of policies) {
          const name = `${expr} ${policy}`
          const schedule: CronSchedule = { kind: 'cron', expr, tz: zone, staggerMs: 0 }
          const { id } = await world.add({ name, schedule, catchUp: policy })
          jobs.push({ name, schedule, policy, id })
        }
      }
      const ran = [...world.runs]
      await world.pass(eventMs, step)
      if (event === 'sleep') {
        clock.advance(3 * hour)
        await world.settled()
      } else if (event === 'back') clock.set(clock.now() - 2 * hour)
      else if (event === 'restart') {
        await world.close()
        ran.push(...world.runs)
        world = await stage(t, { clock, cron: { maxConcurrentRuns: 9 }, path: world.path })
      }
      const end = begin + lengthMs
      await world.pass(end - clock.now(), step)
      ran.push(...world.runs)
      for (const { name, schedule, policy, id } of jobs) {
        const due = dueTimes(schedule, id, begin, end)
        const wanted = due.filter((at) => runs(at, { due, event, policy, asleep: begin + eventMs }))
        const got = ran.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
        cases += 1
        t.strictSame(got.sort(), wanted.map(label).sort(), `${name}: each of its times once`)
      }
      await world.close()
    })
  }
}

t.test('there were enough of them', async (t) => {
  t.ok(cases >= 300, `${cases} cases`)
})

const label = (at: number) => new Date(at).toISOString().slice(5, 16)

function dueTimes(schedule: CronSchedule, id: string, begin: number, end: number): number[] {
  const found: number[] = []
  for (let at: number | undefined = begin; ; ) {
    at = nextRunAt(schedule, at, { id, createdAt: begin })
    if (at === undefined || at > end) return found
    found.push(at)
  }
}

interface Fate {
  readonly due: readonly number[]
  readonly event: (typeof events)[number]
  readonly policy: (typeof policies)[number]
  /** When the machine fell asleep. */
  readonly asleep: number
}

/** What the policy of a job says of one of its times. */
function runs(at: number, { due, event, policy, asleep }: Fate): boolean {
  const awake = asleep + 3 * hour
  const missed = (time: number) => time > asleep && awake - time > missedMs
  if (event !== 'sleep' || !(at > asleep && at <= awake)) return true
  if (policy === 'all') return true
  const first = due.find((time) => time > asleep && time <= awake)
  // All that was slept through is one run, or none; its label is the first time that was missed.
  if (policy === 'once') return at === first
  return at === first && !missed(at)
}
