import type { HeartbeatState } from '../../storage/types.js'

/** Heartbeats in a row without anything to say, after which the interval doubles with each further one. */
const idleBefore = 4
const longestIdleMs = 4 * 3_600_000
const longestFailingMs = 24 * 3_600_000

export interface Pace {
  readonly everyMs: number
  readonly idleBackoff: boolean
}

/** Milliseconds between two heartbeats; more after failures, and where nothing happens. */
export function intervalOf({ everyMs, idleBackoff }: Pace, { idle = 0, failures = 0 }: HeartbeatState): number {
  if (failures > 1) return grown(everyMs, failures - 1, longestFailingMs)
  return idleBackoff && idle > idleBefore ? grown(everyMs, idle - idleBefore, longestIdleMs) : everyMs
}

/** When the next is due. */
export function dueAt(pace: Pace, state: HeartbeatState): number {
  return state.lastAt + intervalOf(pace, state)
}

/**
 * The time from which the next is counted, after one that was due at `due` came at `now`: what was slept through is left
 * out, and the beat stays where it was.
 */
export function countedFrom({ everyMs }: Pace, due: number, now: number): number {
  return now < due ? now : due + Math.floor((now - due) / everyMs) * everyMs
}

/** Twice as long with each step, and never shorter than it was. */
function grown(ms: number, steps: number, longest: number): number {
  return Math.max(Math.min(ms * 2 ** Math.min(steps, 20), longest), ms)
}
