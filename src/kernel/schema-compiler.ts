import { createRequire } from 'node:module'
import type { Ajv } from 'ajv'

const require = createRequire(import.meta.url)

/**
 * Ajv for schemas that stand in our code: nothing is coerced, removed or defaulted. They are not checked against the
 * schema of schemas, which would be compiled first, at the cost of a first request. Ajv is loaded by the first call.
 */
export function schemaCompiler({ allErrors = false } = {}): Ajv {
  const { Ajv: Class } = require('ajv') as typeof import('ajv')
  return new Class({ strict: false, validateFormats: false, validateSchema: false, meta: false, allErrors })
}
