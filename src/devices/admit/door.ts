import { type Attributed, attribute } from '../../auth/attribution.js'
import { passesOrigin } from '../../auth/browser.js'
import { checkDoor } from '../../auth/decide.js'
import { ambiguous } from '../../auth/headers.js'
import { isLoopbackHost, parseHost } from '../../auth/host.js'
import { isOrigin, isOwnOrigin } from '../../auth/origin.js'
import type { AuthSettings } from '../../auth/settings.js'
import { servedBy } from '../../auth/tailscale/claim.js'
import type { Refused } from '../admission.js'
import { refuseDenial } from './denials.js'
import type { Handshake } from './handshake.js'
import { refuseOrigin } from './refuse.js'

/** Where a handshake comes from, once that is known. */
export interface Door {
  readonly attribution: Attributed
  /**
   * A program or page on this machine that talks to us directly. Stricter than elsewhere: a Host that is not this
   * machine's own is that of a tunnel or a proxy which sends no headers.
   */
  readonly local: boolean
  /** Told by a browser; undefined for programs. */
  readonly origin: string | undefined
  /** The page is one that we served, or one that the config names. */
  readonly ownPage: boolean
  /** The control page or a web chat: it has an origin and a device, always. */
  readonly page: boolean
}

const pageIds: ReadonlySet<string> = new Set(['openclaw-control-ui', 'webchat-ui', 'webchat'])

/** Attribution, Host and Origin (spec/protocol.md 2.6); the upgrade has passed the same. */
export function passDoor({ params, facts, about }: Handshake, settings: AuthSettings): Door | Refused {
  const { headers, peer, tailscale } = facts
  // A claim that failed is a denial; nothing weaker is tried instead.
  if (tailscale && !tailscale.ok) return refuseDenial(tailscale.denial, about)
  const attribution = tailscale ? servedBy(tailscale) : attribute(peer, headers, settings)
  const denied = checkDoor(facts, settings, true)
  if (attribution.kind === 'unattributable' || (denied && denied.code !== 'origin_not_allowed')) {
    return refuseDenial(denied, about)
  }
  const origin = headers.sole('origin')
  const page = pageIds.has(params.client.id) || params.client.mode === 'webchat'
  if (origin === ambiguous || (origin === undefined ? page : !isOrigin(origin))) {
    return refuseOrigin('origin missing or invalid')
  }
  const direct = attribution.kind === 'direct-local'
  if (!passesOrigin(headers, direct, settings)) return refuseOrigin('origin not allowed')
  const host = headers.sole('host')
  const line = typeof host === 'string' ? host : undefined
  const parsed = line === undefined ? undefined : parseHost(line)
  return {
    attribution,
    local: direct && parsed !== undefined && isLoopbackHost(parsed),
    origin,
    ownPage: origin !== undefined && isOwnOrigin({ origin, host: line, local: direct }, settings),
    page,
  }
}
