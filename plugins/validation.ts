import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { FastifyServerOptions } from 'fastify'
import { GatewayError } from '../src/kernel/errors.js'
import { schemaCompiler } from '../src/kernel/schema-compiler.js'

/**
 * Request validation without surprises: nothing is coerced, removed or defaulted, since OpenAI's API does none of it
 * (spec/http.md 11.3). A route's validator is compiled when its first request comes, and Ajv is loaded with it, so
 * neither costs start-up time. Bodies are serialised by `JSON.stringify`: the schemas of answers document and are
 * tested, they do not rewrite. Given to Fastify as an option, because it loads its own compilers otherwise.
 */
export const schemaController: FastifyServerOptions['schemaController'] = {
  compilersFactory: {
    // Fastify's types describe Ajv's own pool here; what it calls is just this function.
    buildValidator: buildValidator as never,
    buildSerializer: () => () => JSON.stringify,
  },
}

interface RouteSchema {
  readonly schema: object
  readonly httpPart?: string
}

function buildValidator(namedSchemas: Readonly<Record<string, object>>) {
  let ajv: Ajv | undefined
  return ({ schema, httpPart }: RouteSchema) => {
    let validate: ValidateFunction | undefined
    return (data: unknown) => {
      if (httpPart === 'body' && (data === undefined || data === null)) return { error: new GatewayError('empty_body') }
      ajv ??= createAjv(namedSchemas)
      validate ??= ajv.compile(schema)
      // Not `{ value }`: Fastify would take it for other headers than those of the request, and copy them at each look.
      return validate(data) ? true : { error: toError(validate.errors ?? []) }
    }
  }
}

function createAjv(schemas: Readonly<Record<string, object>>): Ajv {
  const ajv = schemaCompiler()
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  return ajv
}

/**
 * One complaint, with the path spelled as OpenAI does: `messages[0].role`. Where a value may have several shapes, the
 * shape that came closest speaks: the one that complains of more than the type.
 */
function toError(errors: readonly ErrorObject[]): GatewayError {
  const first = errors.find(({ keyword }) => keyword !== 'type' && keyword !== 'anyOf') ?? errors[0]
  const param = first ? paramOf(first) : null
  const where = param === null ? 'The request' : `\`${param}\``
  return new GatewayError(first?.keyword === 'type' ? 'invalid_type' : 'invalid_request', {
    message: `${where} ${complaint(first)}.`,
    param,
  })
}

function paramOf({ instancePath, keyword, params }: ErrorObject): string | null {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keyword === 'required') path.push(String(params.missingProperty))
  if (keyword === 'additionalProperties') path.push(String(params.additionalProperty))
  if (path.length === 0) return null
  return path.reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  )
}

function complaint(error: ErrorObject | undefined): string {
  if (!error) return 'is not valid'
  if (error.keyword === 'required') return 'is required'
  if (error.keyword === 'additionalProperties') return 'is not a known parameter'
  if (error.keyword === 'enum') return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`
  if (error.keyword === 'pattern') return `must match ${error.params.pattern}`
  const [before, thing] = limits[error.keyword] ?? []
  if (before === undefined) return error.message ?? 'is not valid'
  const limit = Number(error.params.limit)
  return `${before} ${limit}${thing === undefined ? '' : ` ${thing}${limit === 1 ? '' : 's'}`}`
}

/** What is said around a limit: Ajv's own words shout. */
const limits: Readonly<Record<string, readonly [before: string, thing?: string]>> = {
  minItems: ['must hold at least', 'item'],
  maxItems: ['must hold at most', 'item'],
  minLength: ['must hold at least', 'character'],
  maxLength: ['must hold at most', 'character'],
  minimum: ['must be at least'],
  maximum: ['must be at most'],
}
