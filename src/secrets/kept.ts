import { equalDeep } from '../config/tree.js'
import { keyOf } from './pointer.js'
import type { Snapshot } from './snapshot.js'
import type { Outcome, SecretsConfig } from './types.js'

/** What was found out about a reference before; undefined when nothing was. */
export function keptOutcome(snapshot: Snapshot, key: string): Outcome | undefined {
  const known = snapshot.known.get(key)
  if (known?.state === 'ok') return { ok: true, value: known.value }
  const failure = snapshot.uses.find(({ ref, failure: found }) => found && keyOf(ref) === key)?.failure
  return failure && { ok: false, failure }
}

/** True when a provider is set up as it was when its values were read. */
export function sameProvider(snapshot: Snapshot, secrets: SecretsConfig | undefined, alias: string): boolean {
  return equalDeep(snapshot.providers[alias], secrets?.providers?.[alias])
}
