import { refuseBadAuth } from './refusals.js'
import { type AuthSource, loopbackOnly, selectAuth } from './select-mode.js'
import { type AuthInput, type AuthSettings, compileAuthSettings } from './settings.js'
import { allowsTailscale } from './tailscale/allowed.js'

export interface AuthConfigSource extends AuthSource {
  /** See `addressLookup`. */
  readonly ownAddresses: NonNullable<AuthInput['ownAddresses']>
}

/**
 * The auth settings that a config means. On reload a throw keeps the settings of before.
 * @throws GatewayError `auth_misconfigured` or `bind_without_auth`: the start is refused (spec/config.md 3.7).
 */
export function authSettings(source: AuthConfigSource): AuthSettings {
  const auth = selectAuth(source)
  refuseBadAuth(source, auth)
  const { gateway = {} } = source.config
  const proxy = gateway.auth?.trustedProxy
  const hsts = gateway.http?.securityHeaders?.strictTransportSecurity
  return compileAuthSettings({
    ...auth,
    trustedProxy: proxy && { ...proxy, userHeader: proxy.userHeader ?? '' },
    trustedProxies: gateway.trustedProxies,
    allowRealIpFallback: gateway.allowRealIpFallback,
    rateLimit: gateway.auth?.rateLimit,
    allowTailscale: allowsTailscale(source.config, auth.mode),
    allowedOrigins: allowedOrigins(source),
    allowedHosts: gateway.http?.allowedHosts,
    corsOrigins: gateway.http?.cors?.allowedOrigins,
    hostOriginFallback: gateway.controlUi?.dangerouslyAllowHostHeaderOriginFallback,
    strictTransportSecurity: hsts === false ? undefined : hsts,
    bindAddresses: source.bindAddresses,
    ownAddresses: source.ownAddresses,
  })
}

/** Without a list, a gateway on the network still knows the page under localhost (tunnels; spec/config.md 3.7). */
function allowedOrigins({ config, bindAddresses, port }: AuthSource): readonly string[] {
  const own = config.gateway?.publicOrigin
  const listed = config.gateway?.controlUi?.allowedOrigins
  const scheme = config.gateway?.tls?.enabled ? 'https' : 'http'
  const here = ['localhost', '127.0.0.1'].map((name) => `${scheme}://${name}:${port}`)
  const local = listed || loopbackOnly(bindAddresses) ? [] : here
  return [...(listed ?? local), ...(own === undefined ? [] : [own])]
}
