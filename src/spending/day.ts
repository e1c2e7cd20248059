import { isZone } from '../kernel/time-zone.js'

export interface Day {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** Milliseconds since the epoch: it is another day from then on. */
  readonly endsAt: number
}

const quarterMs = 15 * 60_000

/**
 * The day of this instant by the calendar of a time zone; that of the machine when it is undefined or no zone. Zones
 * begin their days at full quarters of an hour UTC.
 */
export function dayAt(at: number, zone: string | undefined): Day {
  const timeZone = zone !== undefined && isZone(zone) ? zone : undefined
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const date = format.format(at)
  // The first quarter of an hour that is another day: at most 25 hours away.
  let low = Math.floor(at / quarterMs)
  let high = low + 26 * 4
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (format.format(middle * quarterMs) === date) low = middle
    else high = middle
  }
  return { date, endsAt: high * quarterMs }
}
