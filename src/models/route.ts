import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import type { Cooldowns } from './cooldowns.js'
import type { ModelLine } from './open-catalog.js'
import type { ModelProvider } from './types.js'

/** Sessions whose last notice is remembered. */
const MAX_TOLD = 1000

export interface RouteOptions {
  readonly line: ModelLine
  readonly clock: Clock
  readonly log: Logger
  readonly cooldowns: Cooldowns
  readonly provider: (api: string) => Promise<ModelProvider>
  /** A key was refused or is out of credit: whoever reads keys may look for better ones. */
  readonly keysFailed?: (() => void) | undefined
}

/** Who may answer the turns of an agent, in order. Shared by its turns; each has a `TurnModels` of its own. */
export class ModelRoute {
  readonly options: RouteOptions
  readonly #providers = new Map<string, ModelProvider>()
  /** By session: the stand-in that its user has been told of. */
  readonly #told = new Map<string, string>()

  constructor(options: RouteOptions) {
    this.options = options
  }

  /** Makes the first model ready to be called. Throws when nobody speaks its API, and nobody else is in line. */
  async ready(): Promise<this> {
    const { line, cooldowns } = this.options
    await cooldowns.load()
    try {
      await this.load(line.models[0].api)
    } catch (error) {
      if (line.models.length === 1) throw error
    }
    return this
  }

  loaded(api: string): ModelProvider | undefined {
    return this.#providers.get(api)
  }

  /** Rejects with `model_not_found` when nobody speaks the API. */
  async load(api: string): Promise<ModelProvider> {
    const provider = this.#providers.get(api) ?? (await this.options.provider(api))
    this.#providers.set(api, provider)
    return provider
  }

  /** True when the user of the session has not been told of this stand-in yet. A turn without a session always tells. */
  tells(sessionKey: string | undefined, ref: string): boolean {
    if (sessionKey === undefined) return true
    if (this.#told.get(sessionKey) === ref) return false
    this.#told.delete(sessionKey)
    this.#told.set(sessionKey, ref)
    const [oldest] = this.#told.keys()
    if (this.#told.size > MAX_TOLD && oldest !== undefined) this.#told.delete(oldest)
    return true
  }

  /** The session's own model answers again. */
  recovered(sessionKey: string | undefined): void {
    if (this.#told.size > 0 && sessionKey !== undefined) this.#told.delete(sessionKey)
  }
}
