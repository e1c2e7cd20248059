import type { Config } from '../../config/types.js'
import type { AuthMode } from '../types.js'

/**
 * True when Tailscale Serve may say who somebody is (spec/config.md 2.1 and section 7). Unset means: with
 * `tailscale.mode` serve, in mode token. The modes none and trusted-proxy decide without it, and what Funnel publishes
 * is open to everybody, so there it is off whatever the config says; a warning of the config says so too.
 */
export function allowsTailscale({ gateway }: Config, mode: AuthMode): boolean {
  const published = gateway?.tailscale?.mode
  if (mode === 'none' || mode === 'trusted-proxy' || published === 'funnel') return false
  return gateway?.auth?.allowTailscale ?? (published === 'serve' && mode !== 'password')
}
