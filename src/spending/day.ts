import { isZone } from '../kernel/time-zone.js'

export interface Day {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** Milliseconds since the epoch: it is another day from then on. */
  readonly endsAt: number
}

const quarterMs = 15 * 60_000

/** The day of this instant by the calendar of a time zone; that of the machine when it is undefined or no zone. */
export function dayAt(at: number, zone: string | undefined): Day {
  return zone !== undefined && isZone(zone) ? dayIn(zone, at) : localDay(new Date(at))
}

/** Without `Intl`: its first use reads the tables of all zones and calendars, in the middle of a first turn. */
function localDay(at: Date): Day {
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()]
  const digits = (value: number) => String(value).padStart(2, '0')
  const date = `${String(year).padStart(4, '0')}-${digits(month + 1)}-${digits(day)}`
  return { date, endsAt: new Date(year, month, day + 1).getTime() }
}

/** Zones begin their days at full quarters of an hour UTC. */
function dayIn(timeZone: string, at: number): Day {
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
