/** Scopes of the control plane (spec/protocol.md 2.9); what implies what is in scopes.ts. */
export const scopes = [
  'operator.admin',
  'operator.approvals',
  'operator.pairing',
  'operator.questions',
  'operator.read',
  'operator.talk',
  'operator.talk.secrets',
  'operator.write',
] as const
export type Scope = (typeof scopes)[number]

export const authModes = ['none', 'token', 'password', 'trusted-proxy'] as const
export type AuthMode = (typeof authModes)[number]

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
  /**
   * `connect`: on upgrades the Origin is judged with the first frame, where the page can be told why. Default: before
   * the upgrade.
   */
  readonly origin?: 'connect'
}
