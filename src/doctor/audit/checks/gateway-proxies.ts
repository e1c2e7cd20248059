import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const loopback = /^(?:127\.|::1|::ffff:127\.|localhost$)/

const check: AuditCheck = (context) => [...realIp(context), ...missing(context), ...trusted(context)]

const realIp: (context: Parameters<AuditCheck>[0]) => AuditFinding[] = ({
  config: { gateway = {} },
  auth,
  exposed,
}) => {
  if (gateway.allowRealIpFallback !== true) return []
  const outside = auth.mode === 'trusted-proxy' && (gateway.trustedProxies ?? []).some((one) => !loopback.test(one))
  return [
    finding(
      'gateway.real_ip_fallback_enabled',
      exposed || outside ? 'critical' : 'warn',
      'X-Real-IP is believed',
      'Where the proxy does not overwrite this header, callers choose their own address.',
      'Let the proxy set X-Forwarded-For and remove gateway.allowRealIpFallback.',
    ),
  ]
}

const missing: typeof realIp = ({ config: { gateway = {} }, exposed }) => {
  if (exposed || gateway.controlUi?.enabled === false || (gateway.trustedProxies ?? []).length > 0) return []
  return [
    finding(
      'gateway.trusted_proxies_missing',
      'warn',
      'No reverse proxy is known',
      'Requests that come through a proxy are refused until its address is listed. Without a proxy this is as it should be.',
      'With a proxy in front, list its address in gateway.trustedProxies.',
    ),
  ]
}

const trusted: typeof realIp = ({ config: { gateway = {} }, auth }) => {
  if (auth.mode !== 'trusted-proxy') return []
  const settings = gateway.auth?.trustedProxy ?? {}
  const approve = settings.deviceAutoApprove
  const rows: [boolean, string, AuditFinding['severity'], string, string, string?][] = [
    [
      true,
      'gateway.trusted_proxy_auth',
      'critical',
      'A proxy says who callers are',
      'Whoever reaches the port past the proxy, or whoever controls the proxy, is the operator.',
      'Let nothing but the proxy reach the port (firewall), and see docs/auth.md.',
    ],
    [
      (gateway.trustedProxies ?? []).length === 0,
      'gateway.trusted_proxy_no_proxies',
      'critical',
      'No proxy is trusted',
      'gateway.trustedProxies is empty: nobody gets in.',
      'List the address of the proxy.',
    ],
    [
      !settings.userHeader,
      'gateway.trusted_proxy_no_user_header',
      'critical',
      'No header names the user',
      'gateway.auth.trustedProxy.userHeader is not set.',
      'Set it to the header that the proxy fills.',
    ],
    [
      settings.allowLoopback === true,
      'gateway.trusted_proxy_allow_loopback',
      'warn',
      'Programs of this machine may act as the proxy',
      'gateway.auth.trustedProxy.allowLoopback is on: any local program can send the headers.',
      'Run the proxy on an address of its own.',
    ],
    [
      (settings.allowUsers ?? []).length === 0,
      'gateway.trusted_proxy_no_allowlist',
      'warn',
      'Every user of the proxy gets in',
      'gateway.auth.trustedProxy.allowUsers is empty.',
      'List who may come in.',
    ],
    [
      approve?.enabled === true,
      'gateway.trusted_proxy_device_auto_approve',
      'warn',
      'Devices pair without a question',
      'gateway.auth.trustedProxy.deviceAutoApprove is on.',
      'Turn it off and approve devices by hand.',
    ],
    [
      approve?.enabled === true && (approve.scopes ?? []).includes('operator.admin'),
      'gateway.trusted_proxy_device_auto_approve_admin',
      'critical',
      'Devices become admins without a question',
      'deviceAutoApprove.scopes holds operator.admin.',
      'Take operator.admin off the list.',
    ],
  ]
  return rows.flatMap(([applies, ...row]) => (applies ? [finding(...row)] : []))
}

export default check
