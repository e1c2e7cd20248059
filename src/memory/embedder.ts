import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type { Catalog } from '../models/open-catalog.js'
import type { ModelProvider } from '../models/types.js'
import type { MemorySettings } from './settings.js'

export interface EmbedderInput {
  /** The models of a config. */
  readonly catalogOf: (config: Config) => Catalog
  readonly provider: (api: string) => Promise<ModelProvider>
}

export interface Embedder {
  /** `<provider>/<model>`. */
  readonly name: string
  /** What its vectors are kept under: those of two servers are not compared. */
  readonly key: string
  embed(texts: readonly string[], signal: StopSignal): Promise<readonly (readonly number[])[]>
}

/** Which model makes the vectors of an agent, and whether somebody chose it for memory. */
export interface EmbedderChoice {
  readonly name: string
  /** False: it only happens to be there, so memory does without when it fails. */
  readonly explicit: boolean
  /** With the address and key of `memory.search.remote`. */
  readonly config: Config
}

/** Other names of providers. */
const providerNames: Readonly<Record<string, string>> = { gemini: 'google' }
/** Their usual embedding models. */
const usualModels: Readonly<Record<string, string>> = {
  openai: 'text-embedding-3-small',
  google: 'gemini-embedding-001',
  mistral: 'mistral-embed',
  ollama: 'nomic-embed-text',
}

/**
 * Undefined: words only. Nothing is sent to a provider that nobody named: without a provider or a model for memory only
 * `agents.defaults.embeddingModel` counts. Throws `embeddings_not_configured` for a provider without a model.
 */
export function chooseEmbedder(config: Config, { provider, model }: MemorySettings): EmbedderChoice | undefined {
  if (provider === 'none') return undefined
  if (provider === 'auto') {
    const name = model ?? config.agents?.defaults?.embeddingModel
    return name === undefined ? undefined : { name, explicit: model !== undefined, config }
  }
  const id = providerNames[provider] ?? provider
  const chosen = model ?? usualModels[id]
  if (chosen === undefined) {
    const message = `Set memorySearch.model: there is no usual embedding model of "${provider}".`
    throw new GatewayError('embeddings_not_configured', { message })
  }
  const name = chosen.startsWith(`${id}/`) ? chosen : `${id}/${chosen}`
  return { name, explicit: true, config: withRemote(config, id) }
}

/** Throws `model_not_found`, `upstream_auth_failed` or `embeddings_not_configured`. */
export async function openEmbedder(
  { catalogOf, provider }: EmbedderInput,
  { name, config }: EmbedderChoice,
  agent: string,
): Promise<Embedder> {
  const model = catalogOf(config).resolve(name, agent)
  const api = await provider(model.api)
  if (!api.embed) {
    throw new GatewayError('embeddings_not_configured', { message: `The API of "${name}" has no embeddings.` })
  }
  const embed = api.embed.bind(api)
  return {
    name,
    key: `${model.ref} ${model.baseUrl}`,
    async embed(texts, signal) {
      const { vectors } = await embed({ model, input: texts }, signal)
      return vectors
    },
  }
}

function withRemote(config: Config, id: string): Config {
  const remote = config.memory?.search?.remote
  if (remote?.baseUrl === undefined && remote?.apiKey === undefined) return config
  const { providers } = config.models ?? {}
  const { baseUrl, apiKey } = remote
  const own = { ...providers?.[id], ...(baseUrl !== undefined && { baseUrl }), ...(apiKey !== undefined && { apiKey }) }
  return { ...config, models: { ...config.models, providers: { ...providers, [id]: own } } } as Config
}
