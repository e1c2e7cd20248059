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

/** The config of each moment as tools see it: with their keys in place. Made once per config and snapshot. */
export function filledTools(config: () => Config, secrets: Pick<Secrets, 'snapshot' | 'lookup'>): () => Config {
  let from: { readonly config: Config; readonly snapshot: Snapshot } | undefined
  let made: Config = {}
  return () => {
    const current = config()
    if (from?.config === current && from.snapshot === secrets.snapshot) return made
    from = { config: current, snapshot: secrets.snapshot }
    const tools = fillSecrets(current.tools, secrets.lookup)
    made = tools === current.tools ? current : { ...current, ...(tools && { tools }) }
    return made
  }
}
