import type { AnyCommand } from './define.js'
import { flagOf } from './option-names.js'

type OptionResult = string | number | boolean | undefined

export interface Parsed {
  readonly args: Readonly<Record<string, string | undefined>>
  readonly options: Readonly<Record<string, OptionResult>>
}

/**
 * Reads a command line that holds nothing but flags, such as `health --json`, which most do: the parser for the rest
 * costs half as much as starting Node. Gives undefined for everything else.
 */
export function parseFlags(definition: AnyCommand, argv: readonly string[]): Parsed | undefined {
  const args = definition.args ?? []
  const options = Object.entries(definition.options ?? {})
  const flags = options.filter(([, { kind, unavailable }]) => kind === 'flag' && !unavailable)
  const names = new Map(flags.map(([name]) => [flagOf(name), name]))
  if (args.some(({ required }) => required) || !argv.every((argument) => names.has(argument))) return undefined
  const given = new Set(argv.map((argument) => names.get(argument)))
  return {
    args: Object.fromEntries(args.map(({ name }) => [name, undefined])),
    options: Object.fromEntries(
      options.map(([name, { kind }]) => [name, kind === 'flag' ? given.has(name) : undefined]),
    ),
  }
}
