/** Scopes of the control plane; `admin` implies `write`, `write` implies `read` (spec/http.md section 2). */
export const scopes = [
  'operator.admin',
  'operator.approvals',
  'operator.pairing',
  'operator.read',
  'operator.talk.secrets',
  'operator.write',
] as const
export type Scope = (typeof scopes)[number]

export type AuthMode = 'none' | 'token' | 'password' | 'trusted-proxy'

/** Who a request comes from, as every door sees it. */
export interface Identity {
  readonly method: AuthMode | 'tailscale'
  /** Verified user name; undefined for shared secrets. */
  readonly user: string | undefined
  readonly scopes: readonly Scope[]
  /** Canonical client address: IPv4-mapped IPv6 is IPv4. */
  readonly clientIp: string
}

/** What a route says of itself as data; the guard refuses to boot without it (DESIGN.md section 5). */
export interface RoutePolicy {
  readonly auth: 'open' | 'operator'
  readonly scope?: Scope
}
