import { createHash } from 'node:crypto'
import { Cron } from 'croner'
import type { CronSchedule } from '../../../schemas/cron.js'
import { GatewayError } from '../../kernel/errors.js'
import { isZone } from '../../kernel/time-zone.js'

/** Jobs of many people that are due at the full hour are spread over so long. */
const hourStaggerMs = 5 * 60_000
const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i

/** What the times of a job are counted from. */
export interface Scheduled {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/**
 * The first instant after `after` at which a job is due, in milliseconds since the epoch; undefined when there is none
 * (spec/runtime.md 6.2). Throws `invalid_params` for a schedule that means nothing.
 */
export function nextRunAt(schedule: CronSchedule, after: number, job: Scheduled): number | undefined {
  if (schedule.kind === 'at') {
    const at = instantOf(schedule.at)
    return at > after ? at : undefined
  }
  if (schedule.kind === 'every') {
    const { everyMs, anchorMs = job.createdAt } = schedule
    if (anchorMs > after) return anchorMs
    return anchorMs + (Math.floor((after - anchorMs) / everyMs) + 1) * everyMs
  }
  const cron = expression(schedule)
  const late = offsetOf(schedule, job.id)
  // The slot itself may be past while its late instant is not.
  let next = cron.nextRun(new Date(after - late))?.getTime()
  while (next !== undefined && next + late <= after) next = cron.nextRun(new Date(next))?.getTime()
  return next === undefined ? undefined : next + late
}

/** Throws `invalid_params` with what is wrong. */
export function checkSchedule(schedule: CronSchedule): void {
  if (schedule.kind === 'at') instantOf(schedule.at)
  if (schedule.kind === 'cron') expression(schedule)
}

/** By how much a job is late on purpose: always the same for one job. */
export function offsetOf({ expr, staggerMs }: CronSchedule & { readonly kind: 'cron' }, id: string): number {
  const most = staggerMs ?? (isFullHour(expr) ? hourStaggerMs : 0)
  if (most === 0) return 0
  return createHash('sha256').update(id).digest().readUInt32BE(0) % most
}

/** Due at minute 0 of more hours than one: where everybody's jobs meet. */
function isFullHour(expr: string): boolean {
  const fields = expr.trim().split(/\s+/)
  const [second, minute, hour = ''] = fields.length === 6 ? fields : ['0', ...fields]
  return second === '0' && minute === '0' && hour.includes('*')
}

function instantOf(text: string): number {
  const trimmed = text.trim()
  const hasTime = trimmed.includes('T') || trimmed.includes(':')
  const at = Date.parse(hasTime && !zoned.test(trimmed) ? `${trimmed.replace(' ', 'T')}Z` : trimmed)
  if (Number.isNaN(at)) {
    throw invalid(`"${text}" is no time. Example: 2026-12-24T18:00:00+01:00.`, 'schedule.at')
  }
  return at
}

function expression({ expr, tz }: CronSchedule & { readonly kind: 'cron' }): Cron {
  if (!/^\S+(?:\s+\S+){4,5}$|^@\w+$/.test(expr.trim())) {
    throw invalid(`"${expr}" is no cron expression: it has five fields, or six with seconds first.`, 'schedule.expr')
  }
  if (tz !== undefined && !isZone(tz)) {
    throw invalid(`"${tz}" is no time zone. Example: Europe/Berlin.`, 'schedule.tz')
  }
  try {
    return new Cron(expr, { paused: true, ...(tz !== undefined && { timezone: tz }) })
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^CronPattern: /, '') : String(thrown)
    throw invalid(`"${expr}" is no cron expression: ${why}`, 'schedule.expr')
  }
}

const invalid = (message: string, param: string) => new GatewayError('invalid_params', { message, param })
