import { GatewayError } from '../kernel/errors.js'

/** Flags that say which gateway a command is about. */
export interface RootFlags {
  readonly profile?: string
  readonly dev?: boolean
  readonly port?: number
}

export interface TakenFlags {
  readonly flags: RootFlags
  /** The arguments without the root flags, in order; everything from `--` on is untouched. */
  readonly rest: readonly string[]
}

/**
 * Takes `--profile NAME`, `--profile=NAME` and `--dev` out of the arguments, at any position before `--`. A `--dev`
 * after the word `gateway` stays: there it belongs to `gateway run` (spec/cli.md 0.1). Throws `usage`.
 */
export function takeRootFlags(argv: readonly string[]): TakenFlags {
  const profiles: string[] = []
  const rest: string[] = []
  let dev = false
  let sawGateway = false
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    if (argument === '--') {
      rest.push(...argv.slice(index))
      break
    }
    if (argument === '--profile') profiles.push(required(argv[++index]))
    else if (argument.startsWith('--profile=')) profiles.push(required(argument.slice('--profile='.length)))
    else if (argument === '--dev' && !sawGateway) dev = true
    else {
      sawGateway ||= argument === 'gateway'
      rest.push(argument)
    }
  }
  const [profile, ...others] = new Set(profiles)
  if (others.length > 0) throw usage(`--profile was given twice (${[profile, ...others].join(', ')}). Give one name.`)
  return { flags: { ...(profile === undefined ? {} : { profile }), ...(dev ? { dev } : {}) }, rest }
}

function required(value: string | undefined): string {
  if (!value?.trim() || value.startsWith('-')) throw usage('--profile requires a value, for example: --profile rescue')
  return value.trim()
}

function usage(message: string): GatewayError {
  return new GatewayError('usage', { message })
}
