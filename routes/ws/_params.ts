import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { TSchema } from '../../schemas/type.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { schemaCompiler } from '../../src/kernel/schema-compiler.js'

/** Validates params. A schema is compiled at its first call, and Ajv is loaded with the first of all. */
export class ParamsValidator {
  #ajv: Ajv | undefined
  readonly #compiled = new Map<TSchema, ValidateFunction>()

  /** Throws `invalid_params`, worded as the official gateway words it. Unknown keys pass: newer clients send them. */
  check(name: string, schema: TSchema, params: unknown): void {
    const problem = this.problem(schema, params)
    if (problem !== undefined)
      throw new GatewayError('invalid_params', { message: `invalid ${name} params: ${problem}` })
  }

  /** What is wrong, or undefined. */
  problem(schema: TSchema, value: unknown): string | undefined {
    const validate = this.#compile(schema)
    return validate(value) ? undefined : complaint(validate.errors ?? [])
  }

  #compile(schema: TSchema): ValidateFunction {
    const known = this.#compiled.get(schema)
    if (known) return known
    this.#ajv ??= schemaCompiler()
    const validate = this.#ajv.compile(schema)
    this.#compiled.set(schema, validate)
    return validate
  }
}

function complaint(errors: readonly ErrorObject[]): string {
  const error = errors.find(({ keyword }) => keyword !== 'type' && keyword !== 'anyOf') ?? errors[0]
  if (!error) return 'not valid'
  const allowed = error.keyword === 'enum' ? `: ${(error.params.allowedValues as unknown[]).join(', ')}` : ''
  const text = `${error.message ?? 'is not valid'}${allowed}`
  return error.instancePath === '' ? text : `at ${error.instancePath}: ${text}`
}
