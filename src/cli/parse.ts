import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { AnyCommand, OptionDefinition } from './define.js'
import type { Translate } from './messages.js'
import { flagOf, placeholderOf } from './option-names.js'
import { argumentValues, type Parsed, unset } from './parse-flags.js'
import { usageError, withHint } from './usage.js'

/** Parses what follows a command's words by its definition. Throws `usage` with what is wrong and how it is right. */
export function parseCommand(definition: AnyCommand, path: string, argv: readonly string[], t: Translate): Parsed {
  const options = Object.entries(definition.options ?? {})
  const made = new Map(options.map(([name, option]) => [name, makeOption(name, option, t)]))
  const command = new Command(path).helpOption(false).exitOverride().allowExcessArguments(true)
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  for (const option of made.values()) command.addOption(option)
  const next = `${path} --help`
  try {
    command.parse(withoutAliases(argv, options), { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? translate(error, definition, next, t) : error
  }
  const given = command.opts<Record<string, unknown>>()
  for (const [name, option] of options) {
    const source = made.get(name)?.attributeName() ?? name
    if (option.unavailable && command.getOptionValueSource(source) === 'cli') {
      throw usageError(t('usage.notAvailable', { option: flagOf(name) }), next)
    }
  }
  return { args: takeArguments(definition, path, command.args, t), options: readValues(options, made, given) }
}

type NamedOption = readonly [string, OptionDefinition]

/** Puts the one spelling of an option in place of its other one. */
function withoutAliases(argv: readonly string[], options: readonly NamedOption[]): string[] {
  const names = new Map(options.flatMap(([name, { alias }]) => (alias ? [[alias, flagOf(name)] as const] : [])))
  const end = argv.indexOf('--')
  return argv.map((argument, index) => {
    const [flag = '', ...value] = argument.split('=')
    const name = end !== -1 && index > end ? undefined : names.get(flag)
    return name === undefined ? argument : [name, ...value].join('=')
  })
}

function makeOption(name: string, definition: OptionDefinition, t: Translate): Option {
  const flags = [definition.short && `-${definition.short}`, `${flagOf(name)} ${placeholderOf(definition)}`.trim()]
  const option = new Option(flags.filter(Boolean).join(', '))
  if (definition.kind === 'integer') {
    const { min, max } = definition
    option.argParser((text: string) => {
      const value = Number(text)
      if (/^\d+$/.test(text) && value >= min && value <= max) return value
      throw new InvalidArgumentError(t('usage.integer', { min, max }))
    })
  } else if (definition.kind === 'text' && definition.repeatable) {
    option.argParser((text: string, before?: string) => (before === undefined ? text : `${before},${text}`))
  } else if (definition.kind === 'list') {
    option.argParser((text: string, before: readonly string[] = []) => [...before, text])
  } else if (definition.kind === 'choice') {
    const { choices } = definition
    option.argParser((text: string) => {
      if (choices.includes(text)) return text
      throw new InvalidArgumentError(withHint(t, t('usage.choice', { choices: choices.join(', ') }), text, choices))
    })
  }
  return option
}

function readValues(
  options: readonly NamedOption[],
  made: ReadonlyMap<string, Option>,
  given: Readonly<Record<string, unknown>>,
): Parsed['options'] {
  return Object.fromEntries(
    options.map(([name, { kind }]) => {
      const option = made.get(name)
      const value = given[option?.attributeName() ?? name]
      // Commander keeps `--no-x` as `x: false`.
      if (kind === 'flag') return [name, option?.negate ? value === false : value === true]
      if (kind === 'list') return [name, Array.isArray(value) ? value : unset(kind)]
      return [name, typeof value === 'string' || typeof value === 'number' ? value : undefined]
    }),
  )
}

function takeArguments(definition: AnyCommand, path: string, given: readonly string[], t: Translate): Parsed['args'] {
  const expected = definition.args ?? []
  const extra = expected.at(-1)?.rest ? undefined : given[expected.length]
  if (extra !== undefined) throw usageError(t('usage.extra', { argument: extra }), `${path} --help`)
  for (const [index, { name, required }] of expected.entries()) {
    if (required && given[index] === undefined) throw usageError(t('usage.missing', { name }), `${path} --help`)
  }
  return argumentValues(expected, given)
}

function translate(error: CommanderError, definition: AnyCommand, next: string, t: Translate): Error {
  const quoted = /'(-[^']*)'/.exec(error.message)?.[1] ?? ''
  const flag = /--[a-z][a-z-]*/.exec(quoted)?.[0] ?? quoted
  if (error.code === 'commander.unknownOption') {
    const known = Object.entries(definition.options ?? {}).flatMap(([name, { unavailable, hidden }]) =>
      unavailable || hidden ? [] : [flagOf(name)],
    )
    return usageError(withHint(t, t('usage.unknownOption', { option: flag }), flag, known), next)
  }
  if (error.code === 'commander.optionMissingArgument') {
    return usageError(t('usage.missingValue', { option: flag }), next)
  }
  // Commander puts its own English in front of what our parser of the value said.
  const own = error.message.replace(/^.*? is invalid\. /s, '')
  return usageError(t('usage.badValue', { option: flag, why: own }), next)
}
