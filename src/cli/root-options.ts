import { profileOfFlags } from '../instance/profile.js'
import { type RootFlags, takeRootFlags } from '../instance/root-flags.js'
import { GatewayError } from '../kernel/errors.js'

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

const versionFlags = new Set(['--version', '-V', '-v'])
const helpFlags = new Set(['--help', '-h'])
/** Documented root options that have no subject yet (spec/cli.md 0.7). */
const unavailable = new Set(['--container', '--update'])

export interface RootOptions {
  readonly flags: RootFlags
  readonly logLevel: LogLevel | undefined
  readonly noColor: boolean
  readonly help: boolean
  /** `--version` in the place of a command. */
  readonly version: boolean
  readonly json: boolean
  /** What is left, in order: the command's words, options and arguments. */
  readonly rest: readonly string[]
}

/**
 * Takes the options out that every command understands, at any position before `--` (spec/cli.md 0.7). `--json` stays,
 * it belongs to the command, but is seen here so that an error before the command also has its JSON form.
 * Throws `usage`.
 */
export function takeRootOptions(argv: readonly string[]): RootOptions {
  const { flags, rest: given } = takeRootFlags(argv)
  // A name that breaks the rules is refused before anything else is said.
  profileOfFlags(flags)
  const rest: string[] = []
  let logLevel: LogLevel | undefined
  let noColor = false
  let help = false
  let version = false
  for (let index = 0; index < given.length; index++) {
    const argument = given[index] ?? ''
    if (argument === '--') {
      rest.push(...given.slice(index))
      break
    }
    if (argument === '--log-level') logLevel = levelOf(given[++index])
    else if (argument.startsWith('--log-level=')) logLevel = levelOf(argument.slice('--log-level='.length))
    else if (argument === '--no-color') noColor = true
    else if (helpFlags.has(argument) || (rest.length === 0 && argument === 'help')) help = true
    else if (rest.length === 0 && versionFlags.has(argument)) version = true
    else if (rest.length === 0 && unavailable.has(argument)) throw notYet(argument)
    else rest.push(argument)
  }
  return { flags, logLevel, noColor, help, version, json: asksForJson(rest), rest }
}

/** True when `--json` stands before `--`. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

function levelOf(value: string | undefined): LogLevel {
  const level = logLevels.find((one) => one === value)
  if (level !== undefined) return level
  throw new GatewayError('usage', { message: `--log-level must be one of ${logLevels.join(', ')}.` })
}

function notYet(option: string): GatewayError {
  return new GatewayError('usage', { message: `${option} is not available in this version.` })
}
