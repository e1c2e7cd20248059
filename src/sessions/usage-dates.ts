import { GatewayError } from '../kernel/errors.js'

const dayMs = 86_400_000
const rangeDays = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 } as const
/** 9999-12-31: what `all` ends before. */
const lastDay = 2_932_896

export interface DateQuery {
  readonly startDate?: string | undefined
  readonly endDate?: string | undefined
  readonly range?: keyof typeof rangeDays | 'all' | undefined
  /** Whose days: UTC (default), this machine's, or those of `utcOffset` or `timeZone`. */
  readonly mode?: 'utc' | 'gateway' | 'specific' | undefined
  /** `UTC+8`, `UTC-3:30`. */
  readonly utcOffset?: string | undefined
  readonly timeZone?: string | undefined
}

export interface DateSpan {
  /** Days since the epoch, both included. */
  readonly first: number
  readonly last: number
  /** How long before UTC midnight a day begins, in milliseconds. */
  readonly aheadMs: number
}

/** Which days a caller means; 30 up to today when it does not say. Throws `invalid_request`. */
export function dateSpan(query: DateQuery, now: number): DateSpan {
  const aheadMs = aheadOf(query, now)
  const last = query.endDate === undefined ? Math.floor((now + aheadMs) / dayMs) : dayOf(query.endDate)
  if (query.startDate !== undefined) return { first: dayOf(query.startDate), last, aheadMs }
  const { range = '30d' } = query
  return { first: range === 'all' ? 0 : last - rangeDays[range] + 1, last: Math.min(last, lastDay), aheadMs }
}

/** `2026-11-21` */
export function dateText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

function dayOf(date: string): number {
  const at = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(at)) throw new GatewayError('invalid_request', { message: `"${date}" is not a date.` })
  return at / dayMs
}

function aheadOf({ mode, utcOffset, timeZone }: DateQuery, now: number): number {
  if (mode === 'gateway') return -new Date(now).getTimezoneOffset() * 60_000
  if (mode !== 'specific') return 0
  return timeZone === undefined ? offsetOf(utcOffset ?? 'UTC+0') : aheadOfZone(timeZone, now)
}

function offsetOf(text: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^UTC([+-])(\d{1,2})(?::(\d{2}))?$/.exec(text) ?? []
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -ms : ms
}

function aheadOfZone(timeZone: string, now: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    return offsetOf(name.replace('GMT', 'UTC'))
  } catch {
    throw new GatewayError('invalid_request', { message: `"${timeZone.slice(0, 64)}" is not a time zone.` })
  }
}
