import type { Static } from '@sinclair/typebox'
import type { SecretRef } from '../../schemas/primitives.js'
import { GatewayError } from '../kernel/errors.js'

export type SecretPointer = Static<typeof SecretRef>
export type SecretValue = string | SecretPointer
export type Environment = Readonly<Record<string, string | undefined>>
/** Gives the value of a reference that is not the environment's; undefined when it could not be resolved. */
export type SecretLookup = (reference: SecretPointer) => string | undefined

const variable = /^\$(?:\{([A-Z][A-Z0-9_]{0,127})\}|([A-Z][A-Z0-9_]{0,127}))$/

/**
 * The text of a secret: plain, `${NAME}`, `$NAME` or a reference (spec/config.md section 5.1). Throws
 * `upstream_auth_failed` naming `path` and what is missing, never a value.
 */
export function readSecret(input: SecretValue, path: string, env: Environment, lookup?: SecretLookup): string {
  const name = nameOfVariable(input)
  if (name !== undefined) return env[name] || missing(path, `environment variable ${name} is not set`)
  if (typeof input === 'string') return input
  const value = lookup?.(input)
  return value || missing(path, `the secret ${input.source}:${input.provider} could not be read`)
}

function nameOfVariable(input: SecretValue): string | undefined {
  if (typeof input !== 'string') return input.source === 'env' ? input.id : undefined
  const match = variable.exec(input)
  return match?.[1] ?? match?.[2]
}

function missing(path: string, what: string): never {
  throw new GatewayError('upstream_auth_failed', { message: `${path}: ${what}. Set it, or change ${path}.` })
}
