import { brave } from './brave.js'
import { perplexity } from './perplexity.js'
import { searxng } from './searxng.js'
import type { SearchEngine, SearchProvider, SearchSettings } from './types.js'

/** In the order in which they are tried when the config names none. */
const providers: readonly SearchProvider[] = [brave, perplexity, searxng]

export interface ChosenEngine {
  readonly name: string
  readonly engine: SearchEngine
}

/** The provider of the config, or the first one that is set up; undefined: none. */
export function chooseEngine(
  settings: SearchSettings,
  env: Readonly<Record<string, string | undefined>>,
): ChosenEngine | undefined {
  const wanted = settings.provider?.trim().toLowerCase()
  for (const provider of providers) {
    if (wanted !== undefined && provider.name !== wanted) continue
    const engine = provider.setUp(settings, env)
    if (engine) return { name: provider.name, engine }
  }
  return undefined
}
