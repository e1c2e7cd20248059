import { passesOrigin } from '../browser.js'
import { isLoopbackIp } from '../canonical-ip.js'
import { headerScopes } from '../header-scopes.js'
import { ambiguous, type HeaderView } from '../headers.js'
import type { AuthSettings, TrustedProxySettings } from '../settings.js'
import { checkSharedSecret, presentsSecret } from '../shared-secret.js'
import { type AuthMethod, type AuthRequest, allow, deny, type Verdict } from '../verdict.js'

const MAX_USER_LENGTH = 320

/** Mode `trusted-proxy`: the table of spec/config.md 6.1, top down; row 2 (attribution) was decided before. */
export const trustedProxyMethod: AuthMethod = (request) => {
  const { settings, attribution, facts } = request
  if (settings.mode !== 'trusted-proxy') return undefined
  const proxy = settings.trustedProxy
  if (!proxy) return refuse(request, 'trusted_proxy_config_missing')
  if (settings.trustedProxies.size === 0) return refuse(request, 'trusted_proxy_no_proxies_configured')
  const user = verifiedUser(request, proxy)
  if (!user.ok) return passwordFallback(request) ?? refuse(request, user.reason)
  if (attribution.kind !== 'trusted-proxy') {
    return deny('proxy_attribution_required', 'proxy_sent_no_client', { clientIp: attribution.clientIp })
  }
  if (!passesOrigin(facts.headers, false, settings)) return refuse(request, 'trusted_proxy_origin_not_allowed')
  const { clientIp } = attribution
  return allow({ method: 'trusted-proxy', user: user.name, scopes: headerScopes(facts.headers), clientIp }, false)
}

type User = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string }

function verifiedUser({ facts, attribution, settings }: AuthRequest, proxy: TrustedProxySettings): User {
  const source = sourceProblem(attribution.peerIp, proxy, settings)
  if (source !== undefined) return { ok: false, reason: source }
  for (const name of proxy.requiredHeaders) {
    const value = facts.headers.sole(name)
    if (value === ambiguous) return { ok: false, reason: `trusted_proxy_ambiguous_header_${name}` }
    if (value === undefined || value.trim() === '') return { ok: false, reason: `trusted_proxy_missing_header_${name}` }
  }
  const name = userName(facts.headers, proxy.userHeader)
  if (name === ambiguous) return { ok: false, reason: `trusted_proxy_ambiguous_header_${proxy.userHeader}` }
  if (name === undefined) return { ok: false, reason: 'trusted_proxy_user_missing' }
  const allowed = proxy.allowUsers.size === 0 || proxy.allowUsers.has(name)
  return allowed ? { ok: true, name } : { ok: false, reason: 'trusted_proxy_user_not_allowed' }
}

/** Rows 3 to 5: any program on this machine could pose as the proxy, unless `allowLoopback` accepts that. */
function sourceProblem(peerIp: string, proxy: TrustedProxySettings, settings: AuthSettings): string | undefined {
  if (!settings.trustedProxies.has(peerIp)) return 'trusted_proxy_untrusted_source'
  if (isLoopbackIp(peerIp)) return proxy.allowLoopback ? undefined : 'trusted_proxy_loopback_source'
  const own = settings.ownAddresses()
  if (!own) return 'trusted_proxy_local_interface_check_failed'
  return own.has(peerIp) ? 'trusted_proxy_local_interface_source' : undefined
}

/**
 * The whole header value, never one part of it: a proxy that appends instead of replacing gives a name that is on no
 * list. Header bytes are UTF-8; other bytes, control characters and absurd lengths are no name.
 */
function userName(headers: HeaderView, header: string): string | undefined | typeof ambiguous {
  const value = headers.sole(header)
  if (typeof value !== 'string') return value
  const name = Buffer.from(value, 'latin1').toString('utf8').trim()
  return name === '' || name.length > MAX_USER_LENGTH || /\p{Cc}|\ufffd/u.test(name) ? undefined : name
}

/** The operator on the gateway's own machine may come in with the password, without the proxy. */
function passwordFallback(request: AuthRequest): Verdict | undefined {
  const { settings, attribution, facts } = request
  if (attribution.kind !== 'direct-local' || !settings.password || !presentsSecret(facts)) return undefined
  return checkSharedSecret(request, settings.password, 'password')
}

/** The caller learns only that it was refused; the reason goes to the log (spec/config.md 6.1). */
function refuse(request: AuthRequest, reason: string): Verdict {
  const message = 'Unauthorized. Sign in through the proxy in front of this gateway.'
  return deny('invalid_api_key', reason, { clientIp: request.attribution.clientIp, message })
}
