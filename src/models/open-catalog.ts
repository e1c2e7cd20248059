import type { Config } from '../../schemas/config/index.js'
import { GatewayError, toGatewayError } from '../kernel/errors.js'
import type { AuthProfiles } from './auth-profiles.js'
import { resolveAccounts } from './catalog.js'
import type { Environment, SecretLookup } from './credentials.js'
import { type ListedModel, listModels, type ModelSelection, modelForAgent } from './selection.js'
import type { ResolvedModel } from './types.js'

/** Resolved models kept; callers may send any name, so the number is bounded. */
const MAX_CACHED = 256

/** The models of one config snapshot. A new config is a new catalog. */
export interface Catalog {
  /** See `resolveModel`. The same call gives the same object, which providers use as a cache key. */
  resolve(name: string, agentId?: string): ResolvedModel
  /**
   * Who may answer for an agent, in order: every account of its model, then of each stand-in. A model that is named by
   * hand stands alone. Throws as `resolveModel` when nobody can be asked and there is only one reason.
   */
  line(agentId: string, named?: string): ModelLine
  forAgent(agentId: string): ModelSelection
  /** Name of the model behind /v1/embeddings; undefined when none is configured. */
  embedding(): string | undefined
  list(): readonly ListedModel[]
}

export interface ModelLine {
  readonly models: readonly [ResolvedModel, ...ResolvedModel[]]
  /** Models that were left out, and why. */
  readonly missing: readonly MissingModel[]
}

export interface MissingModel {
  readonly ref: string
  readonly error: GatewayError
}

export interface CatalogInput {
  /** Accounts of an agent; none when absent. */
  readonly profiles?: (agentId: string) => AuthProfiles
  readonly config: Config
  readonly env: Environment
  readonly secret?: SecretLookup
}

export function openCatalog({ config, env, secret, profiles }: CatalogInput): Catalog {
  const cache = new Map<string, readonly [ResolvedModel, ...ResolvedModel[]]>()

  function accounts(name: string, agentId?: string): readonly [ResolvedModel, ...ResolvedModel[]] {
    const key = `${agentId ?? ''} ${name}`
    const cached = cache.get(key)
    if (cached) return cached
    const models = resolveAccounts(config, name, env, {
      ...(agentId === undefined ? {} : { agentId }),
      ...(secret === undefined ? {} : { secret }),
      ...(profiles === undefined || agentId === undefined ? {} : { profiles: profiles(agentId) }),
    })
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(key, models)
    return models
  }

  function line(agentId: string, named?: string): ModelLine {
    const { primary, fallbacks } = modelForAgent(config, agentId)
    const names = named === undefined ? [primary, ...fallbacks] : [named]
    const models: ResolvedModel[] = []
    const missing: MissingModel[] = []
    for (const name of names) {
      try {
        for (const model of accounts(name, agentId)) {
          // The same model twice, perhaps by another name, gets no second chance.
          if (!models.some(({ ref, account }) => ref === model.ref && account === model.account)) models.push(model)
        }
      } catch (error) {
        missing.push({ ref: name, error: toGatewayError(error) })
      }
    }
    const [first, ...more] = models
    if (!first) throw nobody(missing)
    return { models: [first, ...more], missing }
  }

  return {
    resolve: (name, agentId) => accounts(name, agentId)[0],
    line,
    forAgent: (agentId) => modelForAgent(config, agentId),
    embedding: () => config.agents?.defaults?.embeddingModel,
    list: () => listModels(config),
  }
}

/** The error of the first, with the others named when there are some. */
function nobody(missing: readonly MissingModel[]): GatewayError {
  const [first] = missing
  if (first && missing.length === 1) return first.error
  const reasons = missing.map(({ ref, error }) => `${ref}: ${error.message}`).join(' ')
  return new GatewayError(first?.error.code ?? 'model_not_found', { message: reasons })
}
