import type { Config } from '../../schemas/config/index.js'
import type { Usage } from '../../schemas/message.js'
import { ownEntry } from './selection.js'

/** US dollars per million tokens (`models.providers.<id>.models[].cost`). */
export interface Price {
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number
  /** What goes into the cache; as other input when absent. */
  readonly cacheWrite?: number
}

/** US dollars; undefined when the config names no price. What was read from a cache has a price of its own. */
export function costOf(price: Price | undefined, usage: Usage | undefined): number | undefined {
  if (!price || !usage) return undefined
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = input } = price
  const written = usage.cacheWrite ?? 0
  const cached = usage.cacheRead * cacheRead + written * cacheWrite
  return ((usage.input - usage.cacheRead - written) * input + cached + usage.output * output) / 1_000_000
}

/** What the config says of a model, `<provider>/<id>`; undefined for one that is not in it any more. */
export function priceOf({ models }: Config, ref: string): Price | undefined {
  const slash = ref.indexOf('/')
  return ownEntry(models?.providers, ref.slice(0, slash))?.models?.find(({ id }) => id === ref.slice(slash + 1))?.cost
}
