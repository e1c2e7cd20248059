import { channelScopes } from '../open-policies.js'
import { type AuditCheck, finding } from '../types.js'

/** Always there: what can be reached at all, in one line. */
const check: AuditCheck = ({ config, auth, open }) => {
  const { gateway = {}, hooks, browser, tools } = config
  const endpoints = Object.entries(gateway.http?.endpoints ?? {}).filter(([, one]) => one?.enabled === true)
  const parts = [
    `bind ${gateway.bind ?? 'auto (loopback; in a container every address)'}`,
    `auth ${auth.mode}${auth.protects ? '' : ' (nothing to show)'}`,
    `tailscale ${gateway.tailscale?.mode ?? 'off'}`,
    `HTTP endpoints ${endpoints.map(([name]) => name).join(', ') || 'none'}`,
    `channels ${new Set(channelScopes(config).map(({ channel }) => channel)).size}`,
    `open to all ${open.direct.length + open.groups.length}`,
    `hooks ${hooks?.enabled ? 'on' : 'off'}`,
    `elevated ${tools?.elevated?.enabled === false ? 'off' : 'on'}`,
    `browser ${browser?.enabled === false ? 'off' : 'on'}`,
  ]
  return [finding('summary.attack_surface', 'info', 'What can be reached', `${parts.join('; ')}.`)]
}

export default check
