import { type Attributed, attribute, type Unattributable } from '../attribution.js'
import { canonicalIp, isLoopbackIp, isUnspecifiedIp } from '../canonical-ip.js'
import { ambiguous, type HeaderView } from '../headers.js'
import type { AuthSettings } from '../settings.js'
import type { RequestFacts, TailscaleVerdict } from '../verdict.js'
import { readLogin } from './login.js'

/** What a request says that looks as if Tailscale Serve had forwarded it. Any program on this machine can write this. */
export interface ServeClaim {
  readonly login: string
  readonly clientIp: string
  readonly peerIp: string
}

/**
 * The claim of an upgrade; a word for what is wrong with it; undefined when there is none, or none is wanted. Serve
 * connects from loopback, replaces every `X-Forwarded-*` and `Tailscale-*` header of the client by its own, and names
 * the user of the client's machine (tailscale/ipn/ipnlocal/serve.go). Requests of Funnel have no user.
 */
export function serveClaim({ peer, headers }: RequestFacts, settings: AuthSettings): ServeClaim | string | undefined {
  const peerIp = settings.allowTailscale ? canonicalIp(peer) : undefined
  if (peerIp === undefined || !isLoopbackIp(peerIp)) return undefined
  const header = headers.sole('tailscale-user-login')
  if (header === undefined) return headers.funnel ? 'tailscale_funnel' : undefined
  if (headers.overfull || headers.forwardedAmbiguous || header === ambiguous) return 'forwarded_headers_ambiguous'
  if (headers.funnel) return 'tailscale_funnel'
  const login = readLogin(header)
  if (login === undefined) return 'tailscale_user_missing'
  const clientIp = servedClient(headers)
  return clientIp === undefined ? 'tailscale_proxy_missing' : { login, clientIp, peerIp }
}

/** Serve over HTTPS sends all three, and one address without a port. */
function servedClient(headers: HeaderView): string | undefined {
  const value = (name: string) => {
    const found = headers.sole(name)
    return typeof found === 'string' ? found.trim() : ''
  }
  if (value('x-forwarded-proto') !== 'https' || value('x-forwarded-host') === '') return undefined
  const ip = canonicalIp(value('x-forwarded-for'))
  return ip === undefined || isLoopbackIp(ip) || isUnspecifiedIp(ip) ? undefined : ip
}

/**
 * `attribute` for a door that looks into claims before it lets anybody in (WebSocket upgrades): a claim of Tailscale
 * Serve has a client address. Other doors refuse such a request like any other that an untrusted proxy forwards.
 */
export function attributeUpgrade(facts: RequestFacts, settings: AuthSettings): Attributed | Unattributable {
  const claim = serveClaim(facts, settings)
  if (typeof claim === 'object') return servedBy(claim)
  const from = attribute(facts.peer, facts.headers, settings)
  return from.kind === 'unattributable' && claim !== undefined ? { ...from, reason: claim } : from
}

/** Where a request comes from that Tailscale Serve has forwarded. */
export function servedBy({ clientIp, peerIp }: ServeClaim | (TailscaleVerdict & { readonly ok: true })): Attributed {
  return { kind: 'tailscale-serve', clientIp, peerIp }
}
