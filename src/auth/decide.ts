import { attribute } from './attribution.js'
import { passesHost, passesOrigin } from './browser.js'
import { ambiguous } from './headers.js'
import { hostAllowed } from './host.js'
import type { AuthSettings } from './settings.js'
import { attributeUpgrade, servedBy } from './tailscale/claim.js'
import { type AuthMethod, type Denial, denial, deny, type RequestFacts, type Verdict } from './verdict.js'

/**
 * Who is this? Pure: the same facts, settings and methods give the same verdict, and nothing is counted or logged.
 * Order (spec/config.md 3.4): attribution, Host, then the first method that knows the mode. No method, no entry.
 */
export function decide(facts: RequestFacts, settings: AuthSettings, methods: Iterable<AuthMethod>): Verdict {
  if (facts.headers.overfull) return { ok: false, denial: tooMany }
  if (facts.tailscale && !facts.tailscale.ok) return { ok: false, denial: facts.tailscale.denial }
  const attribution = facts.tailscale ? servedBy(facts.tailscale) : attribute(facts.peer, facts.headers, settings)
  if (attribution.kind === 'unattributable') {
    return deny('proxy_attribution_required', attribution.reason, { clientIp: attribution.peerIp })
  }
  const { clientIp } = attribution
  const repeated = repeatedHost(facts)
  if (repeated) return { ok: false, denial: repeated }
  if (!passesHost(facts.headers, attribution, settings)) {
    return deny('host_not_allowed', 'host_not_allowed', { clientIp })
  }
  if (facts.headers.sole('authorization') === ambiguous) {
    return deny('invalid_api_key', 'authorization_ambiguous', { clientIp })
  }
  for (const method of methods) {
    const verdict = method({ facts, attribution, settings })
    if (verdict) return verdict
  }
  return deny('invalid_api_key', 'no_auth_method', { clientIp })
}

/**
 * What a request must pass whoever sends it, here for doors that ask for the secret later: attribution, and for
 * WebSocket upgrades also Host and Origin (PAINS 64, 65). Undefined when it passes.
 */
export function checkDoor(facts: RequestFacts, settings: AuthSettings, upgrade: boolean): Denial | undefined {
  if (facts.headers.overfull) return tooMany
  const { peer, headers } = facts
  const attribution = upgrade ? attributeUpgrade(facts, settings) : attribute(peer, headers, settings)
  if (attribution.kind === 'unattributable') {
    return denial('proxy_attribution_required', attribution.reason, { clientIp: attribution.peerIp })
  }
  if (!upgrade) return undefined
  const { clientIp } = attribution
  const repeated = repeatedHost(facts)
  if (repeated) return repeated
  if (!passesHost(headers, attribution, settings)) return denial('host_not_allowed', 'host_not_allowed', { clientIp })
  const local = attribution.kind === 'direct-local'
  if (passesOrigin(headers, local, settings)) return undefined
  return denial('origin_not_allowed', 'origin_not_allowed', { clientIp })
}

const tooMany = denial('header_too_large', 'too_many_headers')

/** RFC 9112 section 3.2: more than one Host line is a bad request, in every mode. */
function repeatedHost(facts: RequestFacts): Denial | undefined {
  if (facts.headers.sole('host') !== ambiguous) return undefined
  const message = 'The request has more than one Host header. Send exactly one.'
  return denial('invalid_request', 'host_ambiguous', { message })
}

/**
 * True for a program on this machine that talks to us directly: it may see details of open routes without a secret.
 * Stricter than elsewhere about the Host, because a rebound page sends neither Origin nor `Sec-Fetch-*` on a GET.
 */
export function isLocalProgram({ peer, headers }: RequestFacts, settings: AuthSettings): boolean {
  const host = headers.sole('host')
  if (attribute(peer, headers, settings).kind !== 'direct-local' || host === ambiguous) return false
  return hostAllowed(host, settings) && passesOrigin(headers, true, settings)
}
