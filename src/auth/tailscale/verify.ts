import type { AuthSettings } from '../settings.js'
import { denial, type RequestFacts, type SocketPorts, type TailscaleVerdict } from '../verdict.js'
import { type ServeClaim, serveClaim } from './claim.js'
import { sameLogin } from './login.js'
import type { Whois, WhoisAnswer } from './whois.js'

export interface VerifyTools {
  readonly whois: Whois
  /** Users who own the other end of a local connection; undefined where the system does not tell. */
  readonly ownersOf: (ports: SocketPorts) => Promise<readonly number[] | undefined>
  /** Users who may run a Tailscale daemon that we believe: root, and the gateway's own. */
  readonly trustedUsers: ReadonlySet<number>
}

/**
 * Looks into a claim of Tailscale Serve, before `decide`: did Tailscale open this connection, and does the login belong
 * to the address? Undefined when the request claims nothing. A claim that fails is a denial; nothing weaker is tried
 * instead. Never rejects; a signal that aborts ends it with a denial.
 */
export async function verifyTailscale(
  facts: RequestFacts,
  settings: AuthSettings,
  tools: VerifyTools,
  signal: AbortSignal,
): Promise<TailscaleVerdict | undefined> {
  const claim = serveClaim(facts, settings)
  if (typeof claim !== 'object') return undefined
  if (facts.ports && !(await isOpenedByTailscale(facts.ports, tools))) {
    return refuse(claim, 'tailscale_proxy_missing', 'Another program than Tailscale opened this connection.')
  }
  return judge(claim, await tools.whois(claim.clientIp, signal))
}

/** Where the system does not tell who opened a connection, all programs on this machine are trusted (seed 004). */
async function isOpenedByTailscale(ports: SocketPorts, { ownersOf, trustedUsers }: VerifyTools): Promise<boolean> {
  const owners = await ownersOf(ports)
  return owners === undefined || (owners.length > 0 && owners.every((uid) => trustedUsers.has(uid)))
}

function judge(claim: ServeClaim, answer: WhoisAnswer): TailscaleVerdict {
  const { clientIp, peerIp, login } = claim
  switch (answer.kind) {
    case 'failed':
      return {
        ...refuse(claim, 'tailscale_whois_failed', `Tailscale could not confirm who you are: ${answer.problem}.`),
        ...(answer.detail !== undefined && { detail: answer.detail }),
      }
    case 'tagged':
      return refuse(claim, 'tailscale_user_missing', 'This machine is tagged in Tailscale, so it belongs to no user.')
    case 'user':
      return sameLogin(answer.login, login)
        ? { ok: true, login: answer.login, clientIp, peerIp }
        : refuse(claim, 'tailscale_user_mismatch', 'Tailscale knows another user at your address.')
  }
}

function refuse({ clientIp }: ServeClaim, reason: string, message: string): TailscaleVerdict & { readonly ok: false } {
  return { ok: false, denial: denial('identity_unconfirmed', reason, { clientIp, message }) }
}
