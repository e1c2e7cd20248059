import { canonicalIp, isUnspecifiedIp } from './canonical-ip.js'
import type { HostSettings } from './host.js'
import { IpSet } from './ip-set.js'
import { type OriginList, type OriginSettings, originList } from './origin.js'
import { Secret } from './secret.js'
import type { AuthMode } from './types.js'

/** Limits of wrong secrets per client and kind of credential (spec/config.md 3.5). Times in milliseconds. */
export interface RateLimit {
  readonly maxAttempts: number
  readonly windowMs: number
  readonly lockoutMs: number
  /** Off unless asked for: every web page of the user reaches loopback (PAINS 65). */
  readonly exemptLoopback: boolean
}

export const defaultRateLimit: RateLimit = Object.freeze({
  maxAttempts: 10,
  windowMs: 60_000,
  lockoutMs: 300_000,
  exemptLoopback: false,
})

export interface TrustedProxySettings {
  /** Header names in lower case with hyphens. */
  readonly userHeader: string
  readonly requiredHeaders: readonly string[]
  /** Exact names; empty admits every user that the proxy admits. */
  readonly allowUsers: ReadonlySet<string>
  readonly allowLoopback: boolean
}

/** What the decisions of one moment rest on; compiled once per config, replaced as a whole on reload. */
export interface AuthSettings extends HostSettings, OriginSettings {
  readonly mode: AuthMode
  readonly token: Secret | undefined
  readonly password: Secret | undefined
  readonly trustedProxy: TrustedProxySettings | undefined
  readonly trustedProxies: IpSet
  readonly allowRealIpFallback: boolean
  readonly rateLimit: RateLimit
  /** Sockets that Tailscale Serve forwards may come in by their Tailscale identity. */
  readonly allowTailscale: boolean
  /** Origins that also get CORS headers; those listed by name pass the origin check too. */
  readonly corsOrigins: OriginList
  /** Value of Strict-Transport-Security; undefined sends none. */
  readonly strictTransportSecurity: string | undefined
}

/** The same before compilation, with defaults for all but the mode. */
export interface AuthInput {
  readonly mode: AuthMode
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly trustedProxy?:
    | {
        readonly userHeader: string
        readonly requiredHeaders?: readonly string[] | undefined
        readonly allowUsers?: readonly string[] | undefined
        readonly allowLoopback?: boolean | undefined
      }
    | undefined
  readonly trustedProxies?: readonly string[] | undefined
  readonly allowRealIpFallback?: boolean | undefined
  readonly rateLimit?: Partial<RateLimit> | undefined
  readonly allowTailscale?: boolean | undefined
  readonly allowedOrigins?: readonly string[] | undefined
  readonly allowedHosts?: readonly string[] | undefined
  readonly corsOrigins?: readonly string[] | undefined
  readonly hostOriginFallback?: boolean | undefined
  readonly strictTransportSecurity?: string | undefined
  /** Addresses that the gateway listens on, e.g. `127.0.0.1`, `0.0.0.0`. */
  readonly bindAddresses?: readonly string[] | undefined
  /** Addresses of this machine's interfaces; undefined when they cannot be read, which refuses, never admits. */
  readonly ownAddresses?: () => ReadonlySet<string> | undefined
}

/** @throws GatewayError `auth_misconfigured` when `trustedProxies` holds something that is no address or range. */
export function compileAuthSettings(input: AuthInput): AuthSettings {
  const origins = originList(input.allowedOrigins ?? [])
  const cors = originList(input.corsOrigins ?? [])
  const listen = (input.bindAddresses ?? ['127.0.0.1', '::1']).map(canonicalIp).filter((ip) => ip !== undefined)
  const hosts = (input.allowedHosts ?? []).map((host) => host.trim().toLowerCase().replace(/\.$/, ''))
  return Object.freeze({
    mode: input.mode,
    token: input.token ? new Secret(input.token) : undefined,
    password: input.password ? new Secret(input.password) : undefined,
    trustedProxy: input.trustedProxy && compileProxy(input.trustedProxy),
    trustedProxies: new IpSet(input.trustedProxies ?? [], 'gateway.trustedProxies'),
    allowRealIpFallback: input.allowRealIpFallback ?? false,
    rateLimit: { ...defaultRateLimit, ...defined(input.rateLimit) },
    allowTailscale: input.allowTailscale ?? false,
    // A star under CORS lets every page read answers; it does not make every page an operator in mode none.
    allowedOrigins: { any: origins.any, exact: new Set([...origins.exact, ...cors.exact]) },
    corsOrigins: cors,
    hostOriginFallback: input.hostOriginFallback ?? false,
    strictTransportSecurity: input.strictTransportSecurity,
    hosts: new Set([...hosts, ...origins.hosts]),
    listenIps: new Set(listen),
    listensOnAll: listen.some(isUnspecifiedIp),
    ownAddresses: input.ownAddresses ?? (() => undefined),
  })
}

function compileProxy(proxy: NonNullable<AuthInput['trustedProxy']>): TrustedProxySettings {
  return {
    userHeader: headerName(proxy.userHeader),
    requiredHeaders: (proxy.requiredHeaders ?? []).map(headerName),
    allowUsers: new Set(proxy.allowUsers ?? []),
    allowLoopback: proxy.allowLoopback ?? false,
  }
}

function headerName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}

/** Drops keys whose value is undefined, so that they do not hide a default. */
function defined<T extends object>(values: T | undefined): Partial<T> {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
