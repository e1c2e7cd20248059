import type { HookSignature } from '../../../schemas/config/hook-mapping.js'
import { attribute } from '../../auth/attribution.js'
import { ambiguous } from '../../auth/headers.js'
import type { Limiter } from '../../auth/limiter.js'
import { bearerOf, headerDigest } from '../../auth/secret.js'
import type { AuthSettings, RateLimit } from '../../auth/settings.js'
import type { RequestFacts } from '../../auth/verdict.js'
import { mappingsOf } from '../../automation/hooks/mappings.js'
import { checkSignature, type SignedCall } from '../../automation/hooks/signature.js'
import { GatewayError } from '../../kernel/errors.js'
import type { Logger } from '../../kernel/logger.js'
import type { SecretValue } from '../../secrets/types.js'
import type { HookSettings } from './settings.js'

/** Wrong tokens and signatures of one client (spec/runtime.md section 7): 20 in a minute, loopback too. */
const limit: RateLimit = { maxAttempts: 20, windowMs: 60_000, lockoutMs: 60_000, exemptLoopback: false }
const notReady = 'This hook is not ready. The log of the gateway says what is missing.'
const wrongToken = 'Unauthorized. Send "Authorization: Bearer <hooks.token>".'
const wrongSignature =
  'The signature of this call is wrong, or too old. Check the secret of the mapping, and the clock.'

export interface AdmissionInput {
  readonly limiter: Limiter
  readonly auth: () => AuthSettings
  /** The text of a secret of the config. Throws `secret_unavailable`. */
  readonly secret: (input: SecretValue, path: string) => string
  readonly log: Logger
}

/** Who may call hooks: whoever has their token, and whoever signs as a mapping says. */
export class Admission {
  readonly #limiter: Limiter
  readonly #auth: () => AuthSettings
  readonly #secret: (input: SecretValue, path: string) => string

  readonly #log: Logger

  constructor({ limiter, auth, secret, log }: AdmissionInput) {
    this.#limiter = limiter
    this.#auth = auth
    this.#secret = secret
    this.#log = log
  }

  /**
   * Before the body is read: true with the right token; false where a signature may still prove the caller. Throws
   * `invalid_api_key`, `rate_limited`.
   */
  byToken(facts: RequestFacts, { token, mappings }: HookSettings, path: string): boolean {
    const presented = presentedToken(facts)
    if (presented && token?.matches(headerDigest(presented))) {
      this.#limiter.succeed('hook-auth', this.#clientOf(facts))
      return true
    }
    if (presented === undefined && mappingsOf(mappings, path).some(({ signature }) => signature)) return false
    throw this.#refused(facts, wrongToken, presented !== undefined)
  }

  /**
   * The signature of a call, against that of its mapping. A wrong one is refused whatever else the caller holds. Throws
   * `invalid_api_key`, `rate_limited`, `secret_unavailable`.
   */
  bySignature(facts: RequestFacts, call: SignedCall, settings: HookSignature | undefined, hasToken: boolean): void {
    const verdict = settings ? checkSignature(call, settings, this.#secretOf(settings)) : 'absent'
    if (verdict === 'right' || (verdict === 'absent' && hasToken)) return
    throw this.#refused(facts, verdict === 'absent' ? wrongToken : wrongSignature, verdict !== 'absent')
  }

  #secretOf({ secret = '' }: HookSignature): string {
    const path = 'hooks.mappings[].signature.secret'
    const text = this.#read(secret, path).trim()
    if (text !== '') return text
    this.#log.error({ path }, 'the secret of a sender is not set')
    throw new GatewayError('secret_unavailable', { message: notReady })
  }

  /** Nobody has been let in yet: what is missing is for the log. */
  #read(secret: SecretValue, path: string): string {
    try {
      return this.#secret(secret, path)
    } catch (err) {
      this.#log.error({ err, path }, 'the secret of a sender could not be read')
      throw new GatewayError('secret_unavailable', { message: notReady })
    }
  }

  #refused(facts: RequestFacts, message: string, counts: boolean): GatewayError {
    const clientIp = this.#clientOf(facts)
    const waitMs = counts ? this.#limiter.fail('hook-auth', clientIp, limit) : 0
    this.#log.info({ clientIp, locked: waitMs > 0 }, 'a call of a hook was refused')
    if (waitMs > 0) return new GatewayError('rate_limited', { retryAfterMs: waitMs })
    return new GatewayError('invalid_api_key', { message })
  }

  /** A client behind a proxy that nobody vouches for counts as that proxy. */
  #clientOf({ peer, headers }: RequestFacts): string {
    const attribution = attribute(peer, headers, this.#auth())
    return (attribution.kind === 'unattributable' ? attribution.peerIp : attribution.clientIp) ?? 'unknown'
  }
}

/** Null: what is presented is no token, e.g. because it came twice. */
function presentedToken({ headers }: RequestFacts): string | null | undefined {
  const authorization = headers.sole('authorization')
  const own = headers.sole('x-openclaw-token')
  if (authorization === ambiguous || own === ambiguous) return null
  if (authorization !== undefined) return bearerOf(authorization) ?? null
  return own
}
