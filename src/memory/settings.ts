import type { Config } from '../../schemas/config/index.js'
import { memoryOn } from '../tools/_memory/on.js'

/** Results of a search, and how relevant they must be, when the caller does not say (spec/runtime.md 4.2). */
const RESULTS = 6
const MIN_SCORE = 0.35

export interface MemorySettings {
  readonly enabled: boolean
  /** Files and folders besides those of the workspace, as written. */
  readonly extraPaths: readonly string[]
  /** As written: a provider, `none`, or `auto`. */
  readonly provider: string
  readonly model: string | undefined
  readonly maxResults: number
  readonly minScore: number
}

type Written = NonNullable<NonNullable<Config['memory']>['search']>

/** What holds for an agent: its own settings, then those of all agents, then `memory.search`. Extra paths add up. */
export function memorySettings(config: Config, agent: string): MemorySettings {
  const { memory, agents } = config
  const { entries, defaults } = agents ?? {}
  const own = entries && Object.hasOwn(entries, agent) ? entries[agent]?.memorySearch : undefined
  const scopes: readonly (Written | undefined)[] = [own, defaults?.memorySearch, memory?.search]
  const first = <T>(read: (scope: Written) => T | undefined): T | undefined => {
    for (const scope of scopes) {
      const value = scope && read(scope)
      if (value !== undefined) return value
    }
    return undefined
  }
  return {
    enabled: memoryOn(config, agent),
    extraPaths: [...new Set(scopes.flatMap((scope) => scope?.extraPaths ?? []))],
    provider:
      first(({ provider }) => provider)
        ?.trim()
        .toLowerCase() || 'auto',
    model: first(({ model }) => model)?.trim() || undefined,
    maxResults: first(({ query }) => query?.maxResults) ?? RESULTS,
    minScore: first(({ query }) => query?.minScore) ?? MIN_SCORE,
  }
}
