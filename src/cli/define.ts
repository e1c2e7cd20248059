import type { CommandContext } from './context.js'
import type { MessageKey } from './messages.js'

interface OptionBase {
  /** What it does. */
  readonly text: MessageKey
  /** One letter. */
  readonly short?: string
  /** Another spelling that is understood, e.g. `--gateway-port`. */
  readonly alias?: string
  /** Understood for compatibility and left out of the help. */
  readonly hidden?: boolean
  /** Documented, but without a subject in this version: refused with a clear error, left out of the help. */
  readonly unavailable?: boolean
}

export type OptionDefinition = OptionBase &
  (
    | { readonly kind: 'flag' }
    /** `value` names the value in the help, e.g. `path`. */
    | {
        readonly kind: 'text'
        readonly value: string
        /** May be given more than once; the values arrive joined by commas. */
        readonly repeatable?: boolean
      }
    /** A text that may be given more than once; each is kept as it is. */
    | { readonly kind: 'list'; readonly value: string }
    | { readonly kind: 'integer'; readonly value: string; readonly min: number; readonly max: number }
    | { readonly kind: 'choice'; readonly choices: readonly string[] }
  )

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>

export interface ArgumentDefinition {
  readonly name: string
  readonly text: MessageKey
  readonly required?: boolean
  /** The last one: takes all words that are left. */
  readonly rest?: boolean
}

type OptionValue<D extends OptionDefinition> = D extends { kind: 'flag' }
  ? boolean
  : D extends { kind: 'integer' }
    ? number | undefined
    : D extends { kind: 'list' }
      ? readonly string[]
      : D extends { kind: 'choice'; choices: readonly (infer C)[] }
        ? C | undefined
        : string | undefined

/** The parsed options; flags and lists are never undefined. */
export type OptionValues<O extends OptionDefinitions> = { readonly [K in keyof O]: OptionValue<O[K]> }

/** The parsed arguments; a required one is never undefined, and of `rest` there is then at least one. */
export type ArgumentValues<A extends readonly ArgumentDefinition[]> = {
  readonly [D in A[number] as D['name']]: ArgumentValue<D>
}

/** The definition of any argument may be that of each kind. */
type ArgumentValue<D extends ArgumentDefinition> = ArgumentDefinition extends D
  ? string | readonly string[] | undefined
  : D extends { rest: true }
    ? readonly string[]
    : D extends { required: true }
      ? string
      : string | undefined

export interface Example {
  /** Without the leading `openclaw`. */
  readonly command: string
  readonly text?: MessageKey
}

/**
 * One command. Its name is its path under src/cli/commands; nothing else lists it. The texts are keys of the message
 * catalogue. `run` gives the exit code (nothing is 0) or throws a `GatewayError`, whose row has the exit code.
 */
export interface CommandDefinition<
  A extends readonly ArgumentDefinition[] = readonly ArgumentDefinition[],
  O extends OptionDefinitions = OptionDefinitions,
> {
  readonly summary: MessageKey
  readonly description?: MessageKey
  readonly args?: A
  readonly options?: O
  readonly examples?: readonly Example[]
  run(context: CommandContext, args: ArgumentValues<A>, options: OptionValues<O>): Promise<number | undefined>
}

/** A command whose types of arguments and options no longer matter: what the finder, the help and the index handle. */
export type AnyCommand = CommandDefinition<readonly ArgumentDefinition[], OptionDefinitions>

/** Checks the definition against its own types; the file's default export. */
export function defineCommand<
  const A extends readonly ArgumentDefinition[] = readonly [],
  const O extends OptionDefinitions = Record<never, never>,
>(definition: CommandDefinition<A, O>): CommandDefinition<A, O> {
  return definition
}
