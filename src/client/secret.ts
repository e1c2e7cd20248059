import type { Static } from '@sinclair/typebox'
import type { SecretRef } from '../../schemas/primitives.js'
import { isUnresolved } from '../config/substitute.js'
import { GatewayError } from '../kernel/errors.js'

export type SecretInput = string | Static<typeof SecretRef> | undefined

/** A credential as far as a client can know it. */
export type KnownSecret =
  | { readonly state: 'unset' }
  | { readonly state: 'value'; readonly value: string; readonly from: string }
  /** Configured, but this client cannot read it. It still counts as configured: nothing steps in for it. */
  | { readonly state: 'unavailable'; readonly from: string }

const unset: KnownSecret = { state: 'unset' }
const variable = /^\$([A-Z][A-Z0-9_]{0,127})$/

/** Reads a secret of the config at `from`: plain text, `$NAME`, an `env` reference; other references need a vault. */
export function readSecret(
  input: SecretInput,
  from: string,
  env: Readonly<Record<string, string | undefined>>,
): KnownSecret {
  if (input === undefined) return unset
  const name = typeof input === 'object' ? (input.source === 'env' ? input.id : undefined) : variable.exec(input)?.[1]
  if (name !== undefined) return env[name] ? { state: 'value', value: env[name], from } : { state: 'unavailable', from }
  if (typeof input === 'object') return { state: 'unavailable', from }
  return isUnresolved(input) ? unset : ofText(input, from)
}

/** Text as a secret; blank, "undefined" and "null" are what scripts leave behind for nothing. */
export function ofText(text: string | undefined, from: string): KnownSecret {
  const value = text?.trim() ?? ''
  return ['', 'undefined', 'null'].includes(value) ? unset : { state: 'value', value, from }
}

/** The first of the candidates that is configured. Throws `auth_misconfigured` when that one cannot be read. */
export function firstConfigured(candidates: readonly KnownSecret[]): { value: string; from: string } | undefined {
  for (const candidate of candidates) {
    if (candidate.state === 'value') return { value: candidate.value, from: candidate.from }
    if (candidate.state === 'unavailable') throw unavailable(candidate.from)
  }
  return undefined
}

function unavailable(path: string): GatewayError {
  return new GatewayError('auth_misconfigured', {
    message: `${path} refers to a secret that this command cannot read. Set it, or pass --token or --password.`,
    details: { reason: 'GATEWAY_SECRET_REF_UNAVAILABLE', path },
  })
}
