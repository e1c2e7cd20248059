import type { AnyCommand, ArgumentDefinition, OptionDefinition } from './define.js'
import { flagOf } from './option-names.js'

type OptionResult = string | number | boolean | readonly string[] | undefined

export interface Parsed {
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly options: Readonly<Record<string, OptionResult>>
}

/**
 * Reads a command line that is right and plain: words, `--flag`, `--name value`, `--name=value`. Most are, and the
 * parser for the rest costs half as much as starting Node. Gives undefined for everything else, so that there is one
 * place that says what is wrong.
 */
export function parseFlags(definition: AnyCommand, argv: readonly string[]): Parsed | undefined {
  const args = definition.args ?? []
  const known = Object.entries(definition.options ?? {})
  const byFlag = new Map(known.map((entry) => [flagOf(entry[0]), entry]))
  const words: string[] = []
  const given = new Map<string, OptionResult>()
  for (let at = 0; at < argv.length; at++) {
    const [flag = '', value] = halves(argv[at] ?? '')
    if (!flag.startsWith('-') && value === undefined) {
      words.push(flag)
      continue
    }
    const [name, option] = byFlag.get(flag) ?? []
    if (name === undefined || option === undefined || option.unavailable) return undefined
    const result = option.kind === 'flag' ? value === undefined || undefined : takeValue(option, value ?? argv[++at])
    if (result === undefined) return undefined
    given.set(name, joined(option, given.get(name), result))
  }
  if (
    (words.length > args.length && !args.at(-1)?.rest) ||
    args.some(({ required }, index) => required && words[index] === undefined)
  )
    return
  if ([...given.keys()].some((name) => given.has(opposite(name)))) return undefined
  return {
    args: argumentValues(args, words),
    options: Object.fromEntries(known.map(([name, { kind }]) => [name, given.get(name) ?? unset(kind)])),
  }
}

/** Words by the names of the arguments that they are. */
export function argumentValues(args: readonly ArgumentDefinition[], words: readonly string[]): Parsed['args'] {
  return Object.fromEntries(args.map(({ name, rest }, index) => [name, rest ? words.slice(index) : words[index]]))
}

/** Some options may be given more than once; of the others the last counts. */
function joined(option: OptionDefinition, before: OptionResult, result: string | number | boolean): OptionResult {
  if (option.kind === 'list') return [...(Array.isArray(before) ? before : []), String(result)]
  return option.kind === 'text' && option.repeatable && before !== undefined ? `${before},${result}` : result
}

/** What an option is that was not given. */
export function unset(kind: OptionDefinition['kind']): OptionResult {
  if (kind === 'list') return []
  return kind === 'flag' ? false : undefined
}

/** `--name=value` in two; a word may hold `=` itself. */
function halves(argument: string): [string, string?] {
  const cut = argument.startsWith('-') ? argument.indexOf('=') : -1
  return cut === -1 ? [argument] : [argument.slice(0, cut), argument.slice(cut + 1)]
}

/** Undefined for what is missing, wrong, or looks like the next flag. */
function takeValue(option: OptionDefinition, text = ''): string | number | undefined {
  if (text === '' || text.startsWith('-')) return undefined
  if (option.kind === 'choice') return option.choices.includes(text) ? text : undefined
  if (option.kind !== 'integer') return text
  const value = Number(text)
  return /^\d+$/.test(text) && value >= option.min && value <= option.max ? value : undefined
}

/** `--x` and `--no-x` are one option, of which the last counts. */
function opposite(name: string): string {
  return `no${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
