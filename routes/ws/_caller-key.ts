import type { Caller } from '../../src/live/caller.js'

/** A key that a caller has chosen for a call. Two callers who happen to choose the same one do not share a result. */
export function callerKey(name: string, { deviceId, user, method }: Caller, key: string): string {
  return JSON.stringify([name, deviceId ?? user ?? method, key])
}
