import type { Config } from '../../../schemas/config/index.js'
import type { Report } from './report.js'

export function gatewayRules(config: Config, report: Report): void {
  tailscaleRules(config, report)
  authRules(config, report)
  const { bind, customBindHost } = config.gateway ?? {}
  if (bind === 'custom' && customBindHost === undefined)
    report.warn(['gateway', 'bind'], 'bind custom needs gateway.customBindHost; the gateway will not start without it.')
  if (customBindHost?.split('.').some((part) => Number(part) > 255))
    report.error(['gateway', 'customBindHost'], 'This is not an IPv4 address.')
  const wideArea = config.discovery?.wideArea
  if (wideArea?.enabled && wideArea.domain === undefined)
    report.warn(['discovery', 'wideArea', 'enabled'], 'Nothing is published until discovery.wideArea.domain is set.')
}

/** Serve and Funnel proxy to the loopback listener; Tailscale itself is the way in (spec/config.md section 7). */
function tailscaleRules({ gateway }: Config, report: Report): void {
  const mode = gateway?.tailscale?.mode
  const auth = gateway?.auth
  const decidesAlone = auth?.mode === 'none' || auth?.mode === 'trusted-proxy'
  if (auth?.allowTailscale && (decidesAlone || mode === 'funnel'))
    report.warn(
      ['gateway', 'auth', 'allowTailscale'],
      `This has no effect with ${decidesAlone ? `auth.mode "${auth.mode}"` : 'tailscale.mode "funnel"'}: Tailscale identity is for the modes token and password, inside the tailnet.`,
    )
  if (mode !== 'serve' && mode !== 'funnel') return
  const bind = gateway?.bind
  if (bind !== undefined && bind !== 'loopback')
    report.error(
      ['gateway', 'bind'],
      `bind "${bind}" cannot be combined with tailscale.mode "${mode}", which publishes the loopback listener. Set gateway.bind to "loopback", or tailscale.mode to "off".`,
    )
  if (gateway?.auth?.mode === 'none')
    report.error(
      ['gateway', 'auth', 'mode'],
      `auth.mode "none" cannot be combined with tailscale.mode "${mode}". Use "token" or "password".`,
    )
  else if (mode === 'funnel' && gateway?.auth?.mode !== undefined && gateway.auth.mode !== 'password')
    report.error(['gateway', 'auth', 'mode'], 'tailscale.mode "funnel" is public and needs auth.mode "password".')
}

/** The gateway refuses to start on these; a config may pass through them while it is being edited. */
function authRules({ gateway, hooks }: Config, report: Report): void {
  const auth = gateway?.auth
  const mode = ['gateway', 'auth', 'mode']
  if (auth?.token !== undefined && auth.password !== undefined && auth.mode === undefined)
    report.warn(['gateway', 'auth'], 'Both token and password are set. Set gateway.auth.mode to say which one counts.')
  if (hooks?.token !== undefined && (hooks.token === auth?.token || hooks.token === auth?.password))
    report.warn(['hooks', 'token'], 'hooks.token equals the gateway secret. Use another one.')
  if (auth?.mode !== 'trusted-proxy') return
  const userHeader = auth.trustedProxy?.userHeader
  if (!userHeader) report.warn(mode, 'auth.mode "trusted-proxy" needs gateway.auth.trustedProxy.userHeader.')
  const proxies = gateway?.trustedProxies ?? []
  if (proxies.length === 0) report.warn(mode, 'auth.mode "trusted-proxy" needs gateway.trustedProxies.')
  const loopbackOnly = gateway?.bind === undefined || gateway.bind === 'loopback'
  if (loopbackOnly && proxies.length > 0 && !proxies.some(isLoopback))
    report.warn(
      ['gateway', 'trustedProxies'],
      'bind "loopback" cannot be reached by these proxies. Bind to "lan" or "tailnet", or let a proxy on this host connect (127.0.0.1 here and auth.trustedProxy.allowLoopback true).',
    )
}

const isLoopback = (address: string) => /^(?:127\.|::1|::ffff:127\.|localhost$)/.test(address)
