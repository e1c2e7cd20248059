import type { Usage } from '../../schemas/message.js'

/** US dollars per million tokens (`models.providers.<id>.models[].cost`). */
export interface Price {
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number
}

/** US dollars; undefined when the config names no price. What was read from a cache has a price of its own. */
export function costOf(price: Price | undefined, usage: Usage | undefined): number | undefined {
  if (!price || !usage) return undefined
  const { input = 0, output = 0, cacheRead = 0 } = price
  return ((usage.input - usage.cacheRead) * input + usage.cacheRead * cacheRead + usage.output * output) / 1_000_000
}
