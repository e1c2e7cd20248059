import { passesOrigin } from '../browser.js'
import { headerScopes } from '../header-scopes.js'
import { type AuthMethod, allow, deny } from '../verdict.js'

/**
 * Mode `none`: whoever reaches the port is an operator, so web pages and the public internet must not reach it
 * (spec/config.md 3.4 step 5). The Host was checked before.
 */
export const noneMethod: AuthMethod = ({ facts, attribution, settings }) => {
  if (settings.mode !== 'none') return undefined
  const { clientIp } = attribution
  if (facts.headers.funnel) {
    return deny('invalid_api_key', 'gateway_auth_required', {
      clientIp,
      message: 'Requests from Tailscale Funnel need gateway auth. Set gateway.auth.mode to "password".',
    })
  }
  if (!passesOrigin(facts.headers, attribution.kind === 'direct-local', settings)) {
    return deny('origin_not_allowed', 'origin_not_allowed', { clientIp })
  }
  return allow({ method: 'none', user: undefined, scopes: headerScopes(facts.headers), clientIp }, false)
}
