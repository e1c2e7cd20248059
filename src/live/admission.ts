import type { ErrorShape } from '../../schemas/ws/frames.js'
import type { Caller } from './caller.js'

/** Who was let in, and what `hello-ok` tells it. */
export interface Admitted {
  readonly ok: true
  readonly caller: Caller
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
