import { quote } from '../tools/_exec/pty.js'
import { namesOf } from './identity.js'
import { type AllowEntry, matching } from './rules/allowlist.js'
import { isSafe, type SafeBins } from './rules/safe-bins.js'
import { carries } from './shell/carriers.js'
import { inlineCode } from './shell/interpreters.js'
import { readSteps, type Step } from './shell/steps.js'

/** A command and where it would run. */
export interface ExecCommand {
  readonly command: string | readonly string[]
  /** Absolute. */
  readonly cwd: string
  /** What the call sets besides what every command sees. */
  readonly env: Readonly<Record<string, string>>
  /** The PATH that it would see. */
  readonly path: string
}

/** What may run without being asked for. */
export interface ListedCommands {
  readonly allowlist: readonly AllowEntry[]
  readonly safeBins: SafeBins
  readonly home: string
}

/** What was found out about a command without running it. */
export interface Judgement {
  /** Undefined when a shell would still have to interpret it; then nothing is known of what it runs. */
  readonly steps: readonly Step[] | undefined
  readonly cwd: string
  /** Every program in it is on the list, with arguments that keep it what it is. */
  readonly hit: boolean
  /** Why it is no hit, for people. */
  readonly reason: string | undefined
  /** An interpreter is given code in the command line, or a program that runs others is called. */
  readonly inline: boolean
}

/** Variables that change how output looks and nothing else. */
const harmless =
  /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|CI|COLUMNS|LINES)$/

/** Reads a command, finds its programs, and holds them against the list (spec/runtime.md 4.3). */
export function judge(command: ExecCommand, listed: ListedCommands): Judgement {
  const read = readSteps(command)
  if (!read.ok) return { steps: undefined, cwd: command.cwd, hit: false, reason: read.reason, inline: false }
  const { steps, cwd } = read
  const variable = Object.keys(command.env).find((name) => !harmless.test(name))
  const missed = steps.map((step) => missing(step, listed)).find((reason) => reason !== undefined)
  const reason = variable === undefined ? missed : `it sets the variable ${variable}`
  const inline = steps.some(({ program, args }) =>
    namesOf(program).some((name) => inlineCode(name, args) || carries(name, args) !== undefined),
  )
  return { steps, cwd, hit: reason === undefined, reason, inline }
}

/** Why a step may not run unasked. */
function missing({ program, args }: Step, { allowlist, safeBins, home }: ListedCommands): string | undefined {
  if (isSafe(program, args, safeBins)) return undefined
  const entries = matching(allowlist, program, args, home)
  if (entries.length === 0) return `${program.realPath} is not on the list`
  if (entries.some(({ argPattern }) => argPattern !== undefined)) return undefined
  return namesOf(program)
    .map((name) => carries(name, args))
    .find((reason) => reason !== undefined)
}

/** What is run in place of the line that was judged: nothing is left in it for a shell to find out. */
export function commandOf(steps: readonly Step[]): readonly string[] {
  const [first, ...rest] = steps
  if (first && rest.length === 0) return first.argv
  return [
    '/bin/sh',
    '-c',
    steps
      .map(({ joint, argv }) => `${joint ?? ''} ${argv.map(quote).join(' ')}`)
      .join(' ')
      .trim(),
  ]
}
