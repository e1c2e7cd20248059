import type { CronJob, CronSchedule } from '../../schemas/cron.js'
import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { parseDuration } from '../kernel/duration.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

const minuteMs = 60_000

export default defineTool({
  group: 'automation',
  label: 'Reminders, jobs',
  summary: 'Reminders and jobs: list, add (name, message, one of at / every / cron), remove, run, runs (id).',
  params: Type.Object({
    action: stringEnum(['list', 'add', 'remove', 'run', 'runs']),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    message: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 20_000,
        description: 'What you are told then, in a turn of its own; your answer goes to this chat',
      }),
    ),
    at: Type.Optional(Type.String({ maxLength: 64, description: 'ISO 8601 with zone, or a duration from now: 20m' })),
    every: Type.Optional(Type.String({ maxLength: 40, description: '30m' })),
    cron: Type.Optional(Type.String({ maxLength: 200, description: '0 7 * * 1-5' })),
    tz: Type.Optional(Type.String({ maxLength: 64, description: 'of cron: Europe/Berlin' })),
    mainSession: Type.Optional(Type.Boolean({ description: 'Only a note to your main session' })),
  }),
  ownerOnly: true,
  rare: true,
  async run({ gateway, clock }, { action, id, name, message, mainSession, ...when }) {
    const { cron } = gateway
    if (action === 'list') {
      const jobs = await cron.list()
      return said(jobs.length === 0 ? 'There are no jobs.' : jobs.map((job) => JSON.stringify(job)).join('\n'), {
        jobs,
      })
    }
    if (action === 'add') {
      const schedule = scheduleOf(when, clock.now())
      if (!schedule) return failed('add needs one of at, every and cron; every is a duration such as 30m.')
      if (name === undefined || message === undefined) return failed('add needs name and message.')
      const job: CronJob = mainSession
        ? { name, schedule, sessionTarget: 'main', wakeMode: 'now', payload: { kind: 'systemEvent', text: message } }
        : { name, schedule, sessionTarget: 'isolated', wakeMode: 'now', payload: { kind: 'agentTurn', message } }
      const made = await cron.add(job)
      return said(`Made the job ${made.id}. Next: ${made.next ?? 'never'}.`, { ...made })
    }
    if (id === undefined) return failed(`${action} needs id.`)
    if (action === 'remove') {
      await cron.remove(id)
      return said(`Removed ${id}.`, { id })
    }
    if (action === 'run') {
      const run = await cron.run(id)
      return said(`Begun: ${run}.`, { run })
    }
    const runs = await cron.runs(id)
    const lines = runs.map(({ at, status, what }) => `${at} ${status} ${what}`)
    return said(lines.length === 0 ? 'It has not run yet.' : lines.join('\n'), { runs })
  },
})

interface When {
  readonly at?: string | undefined
  readonly every?: string | undefined
  readonly cron?: string | undefined
  readonly tz?: string | undefined
}

/** Undefined unless exactly one of them says when. */
function scheduleOf({ at, every, cron, tz }: When, now: number): CronSchedule | undefined {
  if ([at, every, cron].filter((one) => one !== undefined).length !== 1) return undefined
  if (cron !== undefined) return { kind: 'cron', expr: cron, ...(tz !== undefined && { tz }) }
  if (every !== undefined) {
    const everyMs = parseDuration(every, minuteMs)
    return everyMs === undefined || everyMs < 1 ? undefined : { kind: 'every', everyMs }
  }
  const ms = at !== undefined && /[a-z]$/.test(at) ? parseDuration(at, minuteMs) : undefined
  return { kind: 'at', at: ms === undefined ? (at ?? '') : new Date(now + ms).toISOString() }
}
