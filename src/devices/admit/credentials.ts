import type { ConnectAuth } from '../../../schemas/ws/connect.js'
import { settle } from '../../auth/authenticate.js'
import type { CallerMethod } from '../../auth/caller.js'
import type { LimiterScope } from '../../auth/limiter.js'
import { hasScope } from '../../auth/scopes.js'
import type { AuthMode, Scope } from '../../auth/types.js'
import { type Denial, denial, type Verdict } from '../../auth/verdict.js'
import { matchesToken, tokenScopes } from '../tokens.js'
import type { DeviceRow } from '../types.js'
import type { Handshake } from './handshake.js'
import type { AdmitServices } from './services.js'

/** Who the credentials of a handshake belong to. */
export interface Proven {
  readonly ok: true
  readonly method: CallerMethod
  readonly user: string | undefined
  /** Most that a connection with these credentials may do. */
  readonly limit: readonly Scope[]
  /** The shared secret that this stands on (`secret-generation.ts`). */
  readonly generation: string | undefined
}

export interface NotProven {
  readonly ok: false
  readonly denial: Denial
  /** The client may try its stored device token, once. */
  readonly retryWithDeviceToken: boolean
}

/**
 * The shared secret or what stands in its place, else the token of a device that has shown its key
 * (spec/protocol.md 2.4). Every wrong secret is counted, also beside a device token, so that a made-up one buys no free
 * guess (PAINS 65).
 */
export function checkCredentials(
  services: AdmitServices,
  handshake: Handshake,
  device: DeviceRow | undefined,
  generation: string | undefined,
): Proven | NotProven {
  const settings = services.auth.settings()
  const auth = handshake.params.auth ?? {}
  const secret = chosenSecret(settings.mode, auth)
  const verdict = services.auth.decide({ ...handshake.facts, presented: secret === undefined ? [] : [secret] })
  if (verdict.ok || verdict.denial.code !== 'invalid_api_key') return settled(verdict, services, generation)
  const token = text(auth.deviceToken) ?? text(auth.token)
  const known = device && token ? matchesToken(device, handshake.role, token, generation) : undefined
  if (device && known) {
    // The token lets it in; the secret beside it is still a guess.
    if (secret !== undefined && secret !== token) settle(verdict, settings, services.limiter)
    services.limiter.succeed('device-token', clientOf(verdict))
    return withToken(handshake, tokenScopes(device, known), known.generation, verdict)
  }
  const counted = settle(verdict, settings, services.limiter)
  const other = countOther(services, auth, verdict)
  const hasDevice = handshake.params.device !== undefined
  if (!counted.ok && counted.denial.code === 'rate_limited') return refused(counted.denial)
  if (other && (secret === undefined || hasDevice)) return refused(other)
  return refused(verdict.denial, hasDevice && text(auth.token) !== undefined && text(auth.deviceToken) === undefined)
}

/** Either field may carry the secret; when both do, the one that fits the mode counts. */
function chosenSecret(mode: AuthMode, { token, password }: ConnectAuth): string | undefined {
  return mode === 'token' ? (text(token) ?? text(password)) : (text(password) ?? text(token))
}

function settled(
  verdict: Verdict,
  { auth, limiter }: AdmitServices,
  generation: string | undefined,
): Proven | NotProven {
  const final = settle(verdict, auth.settings(), limiter)
  if (!final.ok) return refused(final.denial)
  const { method, user, scopes } = final.identity
  const shared = method === 'token' || method === 'password'
  return {
    ok: true,
    method,
    user,
    limit: scopes,
    generation: shared ? generation : undefined,
  }
}

function withToken(
  { requested }: Handshake,
  scopes: readonly Scope[],
  generation: string | undefined,
  verdict: Verdict,
): Proven | NotProven {
  if (requested.some((scope) => !hasScope(scopes, scope))) {
    return refused(denial('invalid_api_key', 'scope_mismatch', { clientIp: clientOf(verdict) }))
  }
  return { ok: true, method: 'device-token', user: undefined, limit: scopes, generation }
}

/** Counts a wrong device token or setup code and gives what is to be said of it. */
function countOther({ auth, limiter }: AdmitServices, sent: ConnectAuth, verdict: Verdict): Denial | undefined {
  const clientIp = clientOf(verdict)
  const count = (scope: LimiterScope, reason: string) => {
    const retryAfterMs = limiter.fail(scope, clientIp, auth.settings().rateLimit)
    if (retryAfterMs === 0) return denial('invalid_api_key', reason, { clientIp })
    return denial('rate_limited', 'rate_limited', { clientIp, retryAfterMs })
  }
  if (text(sent.deviceToken) !== undefined) return count('device-token', 'device_token_mismatch')
  if (text(sent.bootstrapToken) !== undefined) return count('bootstrap-token', 'bootstrap_token_invalid')
  return undefined
}

function clientOf(verdict: Verdict): string {
  return (verdict.ok ? verdict.identity.clientIp : verdict.denial.clientIp) ?? ''
}

function refused(what: Denial, retryWithDeviceToken = false): NotProven {
  return { ok: false, denial: what, retryWithDeviceToken }
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value
}
