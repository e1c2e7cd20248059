import type { RunCaller } from '../../agents/caller.js'
import { placeOf } from '../call-facts.js'
import type { DoorFacts } from './types.js'

/**
 * On whose behalf a turn runs that another turn began: whoever stands behind that one, under the rules of its group. No
 * sender gains a right by letting another session work.
 */
export function callerFor({ caller, sessionKey = '' }: DoorFacts): RunCaller {
  const place = caller.place ?? placeOf(sessionKey, caller.account)
  return { ...caller, ...(place && { place }) }
}
