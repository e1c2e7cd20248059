import { selectAuth } from '../../auth/select-mode.js'
import { allowsTailscale } from '../../auth/tailscale/allowed.js'
import { findTailscale } from '../../remote/tailscale/find-program.js'
import type { DoctorCheck } from '../types.js'

const check: DoctorCheck = {
  title: 'Tailscale',
  needsConfig: true,
  async run({ instance, loaded, config, refusal }) {
    if (!loaded.ok || refusal(loaded)) return []
    const mode = config.gateway?.tailscale?.mode ?? 'off'
    const source = { config, env: loaded.env, settings: instance.settings, bindAddresses: [], port: 0 }
    const byName = allowsTailscale(config, selectAuth(source).mode)
    if (mode === 'off' && !byName) return []
    if ((await findTailscale(instance.env)) !== undefined) return []
    const message = 'The tailscale program was not found: install it, or add its folder to PATH.'
    const path = mode === 'off' ? 'gateway.auth.allowTailscale' : 'gateway.tailscale.mode'
    return [{ severity: mode === 'off' ? 'warning' : 'error', message, path }]
  },
}

export default check
