import fp from 'fastify-plugin'
import { tailscaleMethod } from '../../src/auth/modes/tailscale.js'
import { serveClaim } from '../../src/auth/tailscale/claim.js'
import { type VerifyTools, verifyTailscale } from '../../src/auth/tailscale/verify.js'
import type { Whois } from '../../src/auth/tailscale/whois.js'
import { WhoisCache } from '../../src/auth/tailscale/whois-cache.js'
import type { RequestFacts } from '../../src/auth/verdict.js'
import { connectionOwners } from '../../src/instance/connection-owners.js'
import type { Env } from '../../src/instance/types.js'
import type { Clock } from '../../src/kernel/clock.js'

export interface TailscaleOptions extends Partial<VerifyTools> {
  readonly clock: Clock
  /** Where PATH says where the program is. */
  readonly env: Env
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Facts of a socket, with what Tailscale says about it when it claims to come from Tailscale Serve; unchanged
     * otherwise. For doors that let an upgrade pass first and ask who it is later. Never rejects; `signal` is asked for
     * only when there is something to wait for.
     */
    askTailscale(facts: RequestFacts, signal: () => AbortSignal): Promise<RequestFacts>
  }
}

const root = 0

/** Tailscale identity, for the sockets of the control plane only. */
export default fp<TailscaleOptions>(
  async (app, { clock, env, ...tools }) => {
    app.auth.register('tailscale', tailscaleMethod)
    const closing = new AbortController()
    app.addHook('onClose', async () => closing.abort())
    const cache = new WhoisCache({ whois: tools.whois ?? askProgram(env), clock, closing: closing.signal })
    const own = process.getuid?.()
    const verifyTools: VerifyTools = {
      ownersOf: tools.ownersOf ?? connectionOwners,
      trustedUsers: tools.trustedUsers ?? new Set(own === undefined ? [root] : [root, own]),
      whois: (ip, signal) => cache.lookup(ip, signal),
    }
    app.decorate('askTailscale', async (facts, signal) => {
      const settings = app.auth.settings()
      if (typeof serveClaim(facts, settings) !== 'object') return facts
      const tailscale = await verifyTailscale(facts, settings, verifyTools, signal())
      if (!tailscale) return facts
      if (!tailscale.ok) {
        const { reason, clientIp } = tailscale.denial
        app.log.info({ auth: { reason, clientIp, detail: tailscale.detail } }, 'a claim of Tailscale Serve was refused')
      }
      return { ...facts, tailscale }
    })
  },
  { name: 'auth-tailscale', dependencies: ['auth-guard'] },
)

/** Loaded with the first claim: most gateways never see one. */
function askProgram(env: Env): Whois {
  return async (ip, signal) => {
    const { tailscaleWhois } = await import('../../src/remote/tailscale/whois.js')
    return tailscaleWhois(env)(ip, signal)
  }
}
