import type { Attributed } from './attribution.js'
import { ambiguous, type HeaderView } from './headers.js'
import { hostAllowed } from './host.js'
import { originAllowed } from './origin.js'
import type { AuthSettings } from './settings.js'

/**
 * True when the request has no Origin, or one that may talk to us (spec/config.md 3.6). `local` is false for whatever
 * came through a proxy.
 */
export function passesOrigin(headers: HeaderView, local: boolean, settings: AuthSettings): boolean {
  const origin = headers.sole('origin')
  if (origin === undefined) return true
  const host = headers.sole('host')
  if (origin === ambiguous || host === ambiguous) return false
  return originAllowed({ origin, host, local }, settings)
}

/**
 * True when the Host header is one that a request to us may have. Without a secret (mode none) every request must pass;
 * in the other modes only what looks like a browser, so that `curl http://my-box.lan` with the token works. What a
 * trusted proxy forwards carries the proxy's public name and has passed the proxy's own door.
 */
export function passesHost(headers: HeaderView, attribution: Attributed, settings: AuthSettings): boolean {
  const host = headers.sole('host')
  if (host === ambiguous) return false
  if (settings.mode !== 'none') {
    const browser = headers.fetchMetadata || headers.sole('origin') !== undefined
    if (!browser || attribution.kind === 'trusted-proxy') return true
    if (settings.hostOriginFallback || settings.allowedOrigins.any) return true
  }
  return hostAllowed(host, settings)
}
