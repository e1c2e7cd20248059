import { headerScopes } from '../header-scopes.js'
import { presentsSecret } from '../shared-secret.js'
import { type AuthMethod, allow } from '../verdict.js'

/**
 * Whom Tailscale has named is an operator (spec/config.md section 7). Comes before the modes token and password. Not
 * for nodes, which prove themselves by their key, and not for who shows a secret: that is what is judged then.
 */
export const tailscaleMethod: AuthMethod = ({ facts }) => {
  const { tailscale, role, headers } = facts
  if (!tailscale?.ok || role === 'node' || presentsSecret(facts)) return undefined
  const { login, clientIp } = tailscale
  return allow({ method: 'tailscale', user: login, scopes: headerScopes(headers), clientIp }, false)
}
