import type { ErrorShape } from '../../schemas/ws/frames.js'
import type { Caller } from '../auth/caller.js'

/** Who was let in, and what `hello-ok` tells it. */
export interface Admitted {
  readonly ok: true
  readonly caller: Caller
  /** The protocol that both speak. */
  readonly protocol: number
  /** The token of the paired device, for the client to keep. */
  readonly deviceToken?: string
  /** Milliseconds since the epoch. */
  readonly issuedAtMs?: number
}

/** Why a handshake ends; the socket answers `error` and then closes. */
export interface Refused {
  readonly ok: false
  readonly error: ErrorShape
  readonly close: { readonly code: number; readonly reason: string }
}

export type Admission = Admitted | Refused

export function isRefusal(value: object): value is Refused {
  return 'ok' in value && value.ok === false && 'close' in value
}
