import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { TSchema } from '../../../schemas/type.js'
import { GatewayError } from '../../kernel/errors.js'
import { schemaCompiler } from '../../kernel/schema-compiler.js'
import type { Tool } from '../_types.js'

/** A model mends a few mistakes at a time. */
const MAX_COMPLAINTS = 5

export type Args = Record<string, unknown>

/** Checks the arguments of tool calls. A schema is compiled at its first call, and Ajv is loaded with the first of all. */
export class ArgsValidator {
  #ajv: Ajv | undefined
  readonly #compiled = new Map<TSchema, ValidateFunction>()

  /** Throws `invalid_tool_arguments`, in words that tell a model what to write instead. Unknown keys pass. */
  check({ name, params }: Pick<Tool, 'name' | 'params'>, args: Args): void {
    const validate = this.#compile(params)
    if (validate(args)) return
    const complaints = describe(validate.errors ?? [])
    throw new GatewayError('invalid_tool_arguments', {
      message: `Invalid arguments for "${name}": ${complaints.map(({ text }) => text).join('; ')}.`,
      param: complaints[0]?.path ?? null,
    })
  }

  #compile(schema: TSchema): ValidateFunction {
    const known = this.#compiled.get(schema)
    if (known) return known
    this.#ajv ??= schemaCompiler({ allErrors: true })
    const validate = this.#ajv.compile(schema)
    this.#compiled.set(schema, validate)
    return validate
  }
}

interface Complaint {
  readonly path: string
  readonly text: string
}

function describe(errors: readonly ErrorObject[]): Complaint[] {
  // Of a value with several shapes only the deepest complaint helps.
  const telling = errors.filter(({ keyword }) => keyword !== 'anyOf')
  const all = (telling.length > 0 ? telling : errors).map(complaint)
  const unique = all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index)
  return unique.slice(0, MAX_COMPLAINTS)
}

function complaint({ instancePath, keyword, params, message }: ErrorObject): Complaint {
  const at = instancePath.slice(1).replaceAll('/', '.')
  if (keyword === 'required') {
    const path = at === '' ? String(params.missingProperty) : `${at}.${params.missingProperty}`
    return { path, text: `${path} is required` }
  }
  const path = at === '' ? 'the arguments' : at
  if (keyword === 'enum') return { path, text: `${path} must be one of ${params.allowedValues.join(', ')}` }
  return { path, text: `${path} ${message ?? 'is not valid'}` }
}
