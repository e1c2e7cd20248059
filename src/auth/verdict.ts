import type { ErrorCode } from '../kernel/errors.js'
import type { Attributed } from './attribution.js'
import type { HeaderView } from './headers.js'
import type { AuthSettings } from './settings.js'
import type { Identity } from './types.js'

/** Everything about a request that a decision may look at. */
export interface RequestFacts {
  /** Address of the socket's other end, as Node gives it. */
  readonly peer: string | undefined
  readonly headers: HeaderView
  /** Secrets of a `connect` frame (token, password). When given, the Authorization header is not looked at. */
  readonly presented?: readonly string[]
  /** The role that a `connect` frame asks for. */
  readonly role?: 'operator' | 'node'
  /** Ports of the TCP connection, where one needs to know who opened it. */
  readonly ports?: SocketPorts
  /** What was found out about a request that claims to come from Tailscale Serve; absent for all others. */
  readonly tailscale?: TailscaleVerdict
}

export interface SocketPorts {
  readonly remote: number
  readonly local: number
}

/** `detail` goes to the log only. */
export type TailscaleVerdict =
  | { readonly ok: true; readonly login: string; readonly clientIp: string; readonly peerIp: string }
  | { readonly ok: false; readonly denial: Denial; readonly detail?: string }

/** Why a request is refused. `message` and `details` go to the caller; `reason` goes to the log and to WS details. */
export interface Denial {
  readonly code: ErrorCode
  /** Stable reason code, e.g. `token_mismatch` (spec/config.md 3.4 and 6.1). */
  readonly reason: string
  readonly clientIp: string | undefined
  /** A wrong secret was presented: the limiter counts it. A missing one is not counted. */
  readonly wrongSecret: boolean
  readonly message?: string
  readonly retryAfterMs?: number
}

/** `proven` is true when the caller presented the right shared secret: the limiter forgets its failures. */
export type Verdict =
  | { readonly ok: true; readonly identity: Identity; readonly proven: boolean }
  | { readonly ok: false; readonly denial: Denial }

/** A request whose client address is known, under the settings of this moment. */
export interface AuthRequest {
  readonly facts: RequestFacts
  readonly attribution: Attributed
  readonly settings: AuthSettings
}

/** One way to prove who one is. Pure; never throws; undefined means "not mine". */
export type AuthMethod = (request: AuthRequest) => Verdict | undefined

export function allow(identity: Identity, proven: boolean): Verdict {
  return { ok: true, identity, proven }
}

type DenialExtra = Partial<Omit<Denial, 'code' | 'reason'>>

export function denial(code: ErrorCode, reason: string, extra: DenialExtra = {}): Denial {
  return { code, reason, clientIp: undefined, wrongSecret: false, ...extra }
}

export function deny(code: ErrorCode, reason: string, extra: DenialExtra = {}): Verdict {
  return { ok: false, denial: denial(code, reason, extra) }
}
