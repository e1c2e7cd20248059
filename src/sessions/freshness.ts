import type { Config } from '../../schemas/config/index.js'
import type { SessionRow } from '../storage/types.js'
import { kindOf } from './canonical.js'

/** When a session starts afresh (`session.reset`, spec/runtime.md 3.5). */
export interface ResetPolicy {
  readonly mode?: 'daily' | 'idle' | 'none'
  /** Hour of this machine's day, 0 to 23. */
  readonly atHour?: number
  readonly idleMinutes?: number
}

const defaultHour = 4
const defaultIdleMinutes = 60

/** The policy for one session: what is set for its sort of conversation wins over what is set for all. */
export function resetPolicy({ session }: Config, key: string): ResetPolicy {
  const sort =
    key.includes(':thread:') || key.includes(':topic:') ? 'thread' : kindOf(key) === 'group' ? 'group' : 'direct'
  return session?.resetByType?.[sort] ?? session?.reset ?? {}
}

/** True when the next message should find a new transcript. Daily and idle limits both count where both are set. */
export function isStale({ mode = 'daily', atHour, idleMinutes }: ResetPolicy, row: SessionRow, now: number): boolean {
  if (mode === 'none' || row.entries === 0) return false
  const idle = idleMinutes ?? (mode === 'idle' ? defaultIdleMinutes : undefined)
  if (idle !== undefined && now - row.updatedAt > idle * 60_000) return true
  return mode === 'daily' && row.startedAt < lastBoundary(now, atHour ?? defaultHour) && row.updatedAt < now
}

/** The last time at which it was this hour, by the calendar of this machine: right on days that are not 24 hours long. */
function lastBoundary(now: number, hour: number): number {
  const date = new Date(now)
  const today = new Date(date.getFullYear(), date.getMonth(), date.getDate(), hour).getTime()
  return today <= now ? today : new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1, hour).getTime()
}
