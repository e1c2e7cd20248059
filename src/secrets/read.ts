import { failureOf, unavailable } from './failure.js'
import { isPointer, variableIn, variablePointer } from './pointer.js'
import type { Environment, SecretLookup, SecretPointer, SecretValue } from './types.js'

/**
 * The text of a secret: plain, `${NAME}`, `$NAME` or a reference (spec/config.md section 5.1). Reads what was resolved
 * before and never asks a provider.
 * @throws GatewayError `secret_unavailable` naming `path` and what is missing, never a value.
 */
export function readSecret(input: SecretValue, path: string, env: Environment, lookup?: SecretLookup): string {
  const ref = pointerIn(input)
  if (!ref) return input as string
  const known = lookup?.(ref)
  if (known) {
    if (known.state !== 'cold') return known.value
    throw unavailable(path, known.failure)
  }
  const value = ref.source === 'env' ? env[ref.id] : undefined
  if (value) return value
  const what =
    ref.source === 'env'
      ? `The environment variable ${ref.id} is not set. Set it, or change ${path}.`
      : `The secret of the provider "${ref.provider}" was not read here.`
  throw unavailable(path, failureOf('SECRET_REF_NOT_FOUND', what))
}

function pointerIn(input: SecretValue): SecretPointer | undefined {
  if (isPointer(input)) return input
  const name = typeof input === 'string' ? variableIn(input) : undefined
  return name === undefined ? undefined : variablePointer(name)
}

/**
 * For those who only ask whether something is configured: every reference to a file or a program counts as read. What it
 * gives is no secret and is sent nowhere.
 */
export const assumeReadable: SecretLookup = ({ source }) =>
  source === 'env' ? undefined : { state: 'ok', value: 'a reference that is read when the gateway starts' }
