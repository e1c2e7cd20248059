import { secretDigest } from '../kernel/safe-equal.js'
import { fullOperatorScopes } from './scopes.js'
import { bearerOf, headerDigest, type Secret } from './secret.js'
import { type AuthRequest, allow, deny, type RequestFacts, type Verdict } from './verdict.js'

/**
 * Compares what the caller presented with the gateway's one secret. A client may send it as token or as password,
 * whatever the mode; Basic, `x-api-key` and the query are not looked at. The right secret gives every operator scope
 * and `x-openclaw-scopes` is ignored (spec/http.md section 2).
 */
export function checkSharedSecret(
  request: AuthRequest,
  secret: Secret | undefined,
  kind: 'token' | 'password',
): Verdict {
  const { clientIp } = request.attribution
  if (!secret) return deny('invalid_api_key', `${kind}_missing_config`, { clientIp })
  const digests = presentedDigests(request.facts)
  if (digests.length === 0) return deny('invalid_api_key', `${kind}_missing`, { clientIp })
  if (digests.some((digest) => secret.matches(digest))) {
    return allow({ method: kind, user: undefined, scopes: fullOperatorScopes, clientIp }, true)
  }
  return deny('invalid_api_key', `${kind}_mismatch`, { clientIp, wrongSecret: true })
}

/** True when the caller sent something that could be a secret. */
export function presentsSecret(facts: RequestFacts): boolean {
  return presentedDigests(facts).length > 0
}

function presentedDigests({ presented, headers }: RequestFacts): readonly Buffer[] {
  if (presented) return presented.filter((text) => text.trim() !== '').map((text) => secretDigest(text.trim()))
  const authorization = headers.sole('authorization')
  const credential = typeof authorization === 'string' ? bearerOf(authorization) : undefined
  return credential === undefined ? [] : [headerDigest(credential)]
}
