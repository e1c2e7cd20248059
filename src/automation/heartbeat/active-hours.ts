import { isZone } from '../../kernel/time-zone.js'
import type { BeatSettings } from './settings.js'

const minutes = (text: string) => {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return hour * 60 + minute
}

/**
 * True when heartbeats run at this instant (spec/runtime.md 6.1): the start is included, the end is not, an end before
 * the start lies on the next day, and equal ends are never. Without hours it is always.
 */
export function isActive(hours: BeatSettings['activeHours'], at: number, userZone: string | undefined): boolean {
  if (!hours?.start && !hours?.end) return true
  const start = minutes(hours.start ?? '00:00')
  const end = minutes(hours.end ?? '24:00')
  const now = minuteOfDay(at, zoneOf(hours.timezone, userZone))
  if (start === end) return false
  return start < end ? now >= start && now < end : now >= start || now < end
}

/** `local` is the zone of the machine; what is no zone counts as the user's. Undefined: that of the machine. */
function zoneOf(named: string | undefined, userZone: string | undefined): string | undefined {
  if (named === 'local') return undefined
  const wanted = named === undefined || named === 'user' ? userZone : named
  if (wanted !== undefined && isZone(wanted)) return wanted
  return userZone !== undefined && isZone(userZone) ? userZone : undefined
}

function minuteOfDay(at: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return minutes(parts.format(at))
}
