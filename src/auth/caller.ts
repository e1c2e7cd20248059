import type { AuthMode, Scope } from './types.js'

export type Role = 'operator' | 'node'

/** How a caller proved who it is. */
export type CallerMethod = AuthMode | 'tailscale' | 'device-token' | 'bootstrap-token'

/** Who calls a control-plane method, whichever door it came through. */
export interface Caller {
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly method: CallerMethod
  /** Verified user name; undefined for shared secrets and devices. */
  readonly user: string | undefined
  /** Canonical client address. */
  readonly clientIp: string
  /** A program on this machine that talks to us directly. */
  readonly local: boolean
  /** What the client says of itself; undefined over HTTP. */
  readonly client: ClientFacts | undefined
  /** The paired device whose key signed the handshake. */
  readonly deviceId: string | undefined
  readonly caps: readonly string[]
  /** Names the shared secret that this stands on; when that is replaced, the connection has to go. */
  readonly secretGeneration?: string
}

export interface ClientFacts {
  readonly id: string
  readonly mode: string
  readonly version: string
  readonly platform: string
  readonly displayName?: string | undefined
  readonly deviceFamily?: string | undefined
  readonly modelIdentifier?: string | undefined
  readonly instanceId?: string | undefined
  readonly timeZone?: string | undefined
}
