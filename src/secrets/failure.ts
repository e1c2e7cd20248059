import { GatewayError } from '../kernel/errors.js'

/** Why a reference gives no value (spec/config.md section 5.5), and whether asking again may help. */
const codes = {
  SECRET_REF_NOT_FOUND: true,
  SECRET_REF_INVALID: false,
  SECRET_REF_POLICY_DENIED: false,
  SECRET_REF_PROVIDER_ERROR: true,
  SECRET_REF_PROVIDER_CONTRACT: false,
  SECRET_REF_REDACTED_VALUE: false,
  SECRET_PROVIDER_NOT_CONFIGURED: false,
  SECRET_PROVIDER_INVALID: false,
  SECRET_PROVIDER_UNAVAILABLE: true,
  SECRET_PROVIDER_PATH_SECURITY_UNVERIFIABLE: false,
} as const

export type SecretCode = keyof typeof codes

/** Names the provider and what to do; never an id, a value or the words of a program. */
export interface SecretFailure {
  readonly code: SecretCode
  readonly message: string
  /** True when it may well work later without a change of the config. */
  readonly retryable: boolean
}

/** Thrown inside of a provider; it stands for all that was asked of it. */
export class SecretFault extends Error {
  readonly failure: SecretFailure

  constructor(code: SecretCode, message: string) {
    super(message)
    this.failure = failureOf(code, message)
  }
}

export function failureOf(code: SecretCode, message: string): SecretFailure {
  return { code, message, retryable: codes[code] }
}

/** The failure behind anything that was thrown; what is not ours is said without its own words. */
export function failureIn(thrown: unknown): SecretFailure {
  if (thrown instanceof SecretFault) return thrown.failure
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code
  const why = typeof code === 'string' && /^E[A-Z]+$/.test(code) ? ` (${code})` : ''
  return failureOf('SECRET_REF_PROVIDER_ERROR', `The provider failed${why}.`)
}

/** What a user of a secret throws that it does not have: nothing else steps in for it. */
export function unavailable(path: string, failure: SecretFailure): GatewayError {
  return new GatewayError('secret_unavailable', {
    message: `${path}: ${failure.message} Then run: openclaw secrets reload`,
    param: path,
    details: { reason: 'SECRET_SURFACE_UNAVAILABLE', code: failure.code, path },
  })
}
