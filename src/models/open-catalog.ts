import type { Config } from '../../schemas/config/index.js'
import { resolveModel } from './catalog.js'
import type { Environment, SecretLookup } from './credentials.js'
import { type ListedModel, listModels, type ModelSelection, modelForAgent } from './selection.js'
import type { ResolvedModel } from './types.js'

/** Resolved models kept; callers may send any name, so the number is bounded. */
const MAX_CACHED = 256

/** The models of one config snapshot. A new config is a new catalog. */
export interface Catalog {
  /** See `resolveModel`. The same call gives the same object, which providers use as a cache key. */
  resolve(name: string, agentId?: string): ResolvedModel
  forAgent(agentId: string): ModelSelection
  /** Name of the model behind /v1/embeddings; undefined when none is configured. */
  embedding(): string | undefined
  list(): readonly ListedModel[]
}

export interface CatalogInput {
  readonly config: Config
  readonly env: Environment
  readonly secret?: SecretLookup
}

export function openCatalog({ config, env, secret }: CatalogInput): Catalog {
  const cache = new Map<string, ResolvedModel>()
  return {
    resolve(name, agentId) {
      const key = `${agentId ?? ''} ${name}`
      const cached = cache.get(key)
      if (cached) return cached
      const model = resolveModel(config, name, env, {
        ...(agentId === undefined ? {} : { agentId }),
        ...(secret === undefined ? {} : { secret }),
      })
      if (cache.size >= MAX_CACHED) cache.clear()
      cache.set(key, model)
      return model
    },
    forAgent: (agentId) => modelForAgent(config, agentId),
    embedding: () => config.agents?.defaults?.embeddingModel,
    list: () => listModels(config),
  }
}
