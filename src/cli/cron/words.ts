import type { CronSchedule } from '../../../schemas/cron.js'
import type { CommandContext } from '../context.js'
import { formatDuration } from '../durations.js'

/** When a job is due, in a few words. */
export function scheduleWords({ t }: CommandContext, schedule: CronSchedule): string {
  if (schedule.kind === 'at') return schedule.at
  if (schedule.kind === 'every') return t('cron.every', { time: formatDuration(schedule.everyMs) })
  return schedule.tz === undefined ? schedule.expr : `${schedule.expr} (${schedule.tz})`
}

/** An instant for people, in seconds and UTC; `-` for none. */
export function instantWords(ms: number | undefined): string {
  return ms === undefined ? '-' : `${new Date(ms).toISOString().slice(0, 19)}Z`
}
