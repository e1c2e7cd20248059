import { decide } from './decide.js'
import type { Limiter, LimiterScope } from './limiter.js'
import type { AuthSettings } from './settings.js'
import type { AuthMethod, RequestFacts, Verdict } from './verdict.js'

const SCOPE: LimiterScope = 'shared-secret'

/** `decide`, with the limiter on top (`settle`). */
export function authenticate(
  facts: RequestFacts,
  settings: AuthSettings,
  methods: Iterable<AuthMethod>,
  limiter: Limiter,
): Verdict {
  return settle(decide(facts, settings, methods), settings, limiter)
}

/**
 * Counts a verdict that is going to be acted upon. The secret was compared first: a right one passes and clears the
 * count, a wrong one is counted and, while the client is locked, answered `rate_limited` with the time to wait.
 */
export function settle(verdict: Verdict, settings: AuthSettings, limiter: Limiter): Verdict {
  if (verdict.ok) {
    if (verdict.proven) limiter.succeed(SCOPE, verdict.identity.clientIp)
    return verdict
  }
  const { denial } = verdict
  if (!denial.wrongSecret || denial.clientIp === undefined) return verdict
  const lockedMs = limiter.fail(SCOPE, denial.clientIp, settings.rateLimit)
  if (lockedMs === 0) return verdict
  return { ok: false, denial: { ...denial, code: 'rate_limited', reason: 'rate_limited', retryAfterMs: lockedMs } }
}
