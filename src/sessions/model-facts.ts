import type { Catalog } from '../models/open-catalog.js'

export interface ModelFacts {
  readonly provider: string
  /** Id as its provider knows it. */
  readonly model: string
  /** Tokens; undefined when the config does not say. */
  readonly contextWindow: number | undefined
  /** It takes images. */
  readonly images: boolean
}

/** Which model answers in a session. A model without a key still has a name. */
export function modelFacts(catalog: Catalog, agent: string, override?: string): ModelFacts {
  const name = override ?? catalog.forAgent(agent).primary
  try {
    const { provider, id, contextWindow, input } = catalog.resolve(name, agent)
    return { provider, model: id, contextWindow, images: input.includes('image') }
  } catch {
    const slash = name.indexOf('/')
    return {
      provider: name.slice(0, Math.max(slash, 0)),
      model: name.slice(slash + 1),
      contextWindow: undefined,
      images: false,
    }
  }
}
