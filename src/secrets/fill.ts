import type { Config } from '../../schemas/config/index.js'
import { isPointer } from './pointer.js'
import type { Secrets } from './secrets.js'
import type { Snapshot } from './snapshot.js'
import type { SecretLookup } from './types.js'

/** A copy with the value in place of each reference that has one; the tree itself when there is none. */
export function fillSecrets<T>(tree: T, lookup: SecretLookup): T {
  return fill(tree, lookup) as T
}

function fill(value: unknown, lookup: SecretLookup): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isPointer(value)) {
    const known = lookup(value)
    return known && known.state !== 'cold' ? known.value : value
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, fill(inner, lookup)] as const)
  if (entries.every(([key, inner]) => inner === (value as Record<string, unknown>)[key])) return value
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

/**
 * The config of each moment with the secrets of some sections in place, for parts that read plain values (tools,
 * channels). Made once per config and snapshot; the config itself when there is nothing to fill in. Not to be shown.
 */
export function filledConfig(
  config: () => Config,
  secrets: Pick<Secrets, 'snapshot' | 'lookup'>,
  sections: readonly (keyof Config)[],
): () => Config {
  let from: { readonly config: Config; readonly snapshot: Snapshot } | undefined
  let made: Config = {}
  return () => {
    const current = config()
    if (from?.config === current && from.snapshot === secrets.snapshot) return made
    from = { config: current, snapshot: secrets.snapshot }
    const filled = sections.map((key) => [key, fillSecrets(current[key], secrets.lookup)] as const)
    const changed = filled.filter(([key, value]) => value !== current[key])
    made = changed.length === 0 ? current : { ...current, ...Object.fromEntries(changed) }
    return made
  }
}
