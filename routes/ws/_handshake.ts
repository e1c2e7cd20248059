import type { RequestFrame } from '../../schemas/ws/frames.js'
import type { Admission } from '../../src/devices/admission.js'
import type { ConnectRequest } from '../../src/devices/admit/handshake.js'
import { readFrame } from './_frames.js'

export interface AdmitRequest extends ConnectRequest {
  /** Aborts when the socket closes; made when somebody asks for it. */
  readonly signal: () => AbortSignal
}

export type Admit = (request: AdmitRequest) => Promise<Admission>

/** What a first frame is, and how the socket ends when it is not `connect` (spec/protocol.md section 1). */
export type FirstFrame =
  | { readonly kind: 'connect'; readonly frame: RequestFrame }
  | { readonly kind: 'refused'; readonly id?: string; readonly code: number; readonly reason: string }

const notConnect = 'invalid handshake: first request must be connect'

export function firstFrame(text: string): FirstFrame {
  const read = readFrame(text)
  if (read.kind === 'garbage') return { kind: 'refused', code: 1000, reason: '' }
  if (read.kind === 'invalid') return { kind: 'refused', code: 1008, reason: 'invalid request frame' }
  if (read.frame.method !== 'connect') return { kind: 'refused', id: read.frame.id, code: 1008, reason: notConnect }
  return { kind: 'connect', frame: read.frame }
}

/** A close frame holds 123 bytes of reason (RFC 6455 section 5.5). */
export function closeReason(text: string): string {
  if (Buffer.byteLength(text) <= 123) return text
  let cut = text.slice(0, 123)
  while (Buffer.byteLength(cut) > 120) cut = cut.slice(0, -1)
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}...`
}
