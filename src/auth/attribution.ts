import { canonicalIp, hopIp, isLoopbackIp, isUnspecifiedIp } from './canonical-ip.js'
import { ambiguous, type HeaderView } from './headers.js'
import type { IpSet } from './ip-set.js'

/** A request whose client address can be told. */
export interface Attributed {
  readonly kind: 'direct-local' | 'direct-remote' | 'trusted-proxy' | 'tailscale-serve'
  /** Canonical address of the client; behind a trusted proxy or Tailscale Serve, the one that it names. */
  readonly clientIp: string
  /** Canonical address of the socket's other end. */
  readonly peerIp: string
}

/** A request whose headers claim an address that nobody trusted vouches for. */
export interface Unattributable {
  readonly kind: 'unattributable'
  readonly reason: string
  readonly peerIp: string | undefined
}

export interface AttributionSettings {
  readonly trustedProxies: IpSet
  readonly allowRealIpFallback: boolean
}

/** More hops than any real chain; a longer list is an attempt to keep us busy. */
const MAX_HOPS = 64

/**
 * Says where a request comes from, before any secret is looked at (spec/config.md 3.2). A loopback proxy that sends no
 * proxy header at all cannot be told from a local program and counts as one; trusted-proxy mode then asks for a
 * password.
 */
export function attribute(
  peer: string | undefined,
  headers: HeaderView,
  settings: AttributionSettings,
): Attributed | Unattributable {
  const peerIp = canonicalIp(peer)
  if (peerIp === undefined) return { kind: 'unattributable', reason: 'peer_unknown', peerIp }
  const trusted = settings.trustedProxies.size > 0 && settings.trustedProxies.has(peerIp)
  if (!headers.forwarded) {
    if (isLoopbackIp(peerIp)) return { kind: 'direct-local', clientIp: peerIp, peerIp }
    if (!trusted) return { kind: 'direct-remote', clientIp: peerIp, peerIp }
    return { kind: 'unattributable', reason: 'proxy_sent_no_client', peerIp }
  }
  if (!trusted) return { kind: 'unattributable', reason: 'forwarded_by_untrusted_source', peerIp }
  if (headers.forwardedAmbiguous) return { kind: 'unattributable', reason: 'forwarded_headers_ambiguous', peerIp }
  const clientIp = forwardedClient(headers, settings)
  if (clientIp === undefined) return { kind: 'unattributable', reason: 'forwarded_client_invalid', peerIp }
  return { kind: 'trusted-proxy', clientIp, peerIp }
}

function forwardedClient(headers: HeaderView, settings: AttributionSettings): string | undefined {
  const list = headers.sole('x-forwarded-for')
  if (list === ambiguous) return undefined
  if (list !== undefined && list.trim() !== '') {
    const found = lastForeignHop(list, settings.trustedProxies)
    if (found !== 'none') return found
  }
  if (!settings.allowRealIpFallback) return undefined
  const real = headers.sole('x-real-ip')
  const ip = typeof real === 'string' ? hopIp(real.trim()) : undefined
  return ip === undefined || isLoopbackIp(ip) || isUnspecifiedIp(ip) ? undefined : ip
}

/**
 * Walks the list from the right, where our own proxy wrote, over loopback and trusted hops. Stricter than the official
 * gateway: an entry that is no address ends the walk (undefined), because what stands left of it is the client's own
 * word. `none` means that every hop is one of ours.
 */
function lastForeignHop(list: string, trusted: IpSet): string | undefined {
  let end = list.length
  for (let hops = 0; end >= 0 && hops < MAX_HOPS; hops++) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
    const part = list.slice(comma + 1, end).trim()
    end = comma
    if (part === '') continue
    const ip = hopIp(part)
    if (ip === undefined || isUnspecifiedIp(ip)) return undefined
    if (!isLoopbackIp(ip) && !trusted.has(ip)) return ip
  }
  return end < 0 ? 'none' : undefined
}
