import type { Config } from './choice.js'

export interface Alias {
  readonly alias: string
  /** `<provider>/<model>`. */
  readonly model: string
}

/** The short names of models, as `agents.defaults.models` has them. */
export function aliasesOf(config: Config): Alias[] {
  return Object.entries(config.agents?.defaults?.models ?? {}).flatMap(([model, { alias }]) =>
    alias ? [{ alias, model }] : [],
  )
}

/** Case does not matter where aliases are looked up. */
export function sameAlias(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
