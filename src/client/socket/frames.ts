import type { ErrorShape } from '../../../schemas/ws/frames.js'

/** A frame of the gateway as a client reads it (spec/protocol.md 7.4): the frame is checked, its payload is open. */
export type Incoming =
  | { readonly type: 'res'; readonly id: string; readonly ok: true; readonly payload: unknown }
  | { readonly type: 'res'; readonly id: string; readonly ok: false; readonly error: ErrorShape }
  | GatewayEvent

export interface GatewayEvent {
  readonly type: 'event'
  readonly event: string
  readonly payload: unknown
  /** Number in the stream of this connection; undefined for what is meant for this client alone. */
  readonly seq: number | undefined
}

/** Reads a frame. Undefined for what is none: it is skipped, newer gateways may send more. */
export function readIncoming(text: string): Incoming | undefined {
  const frame = parse(text)
  if (!isObject(frame)) return undefined
  const { type, id, ok, payload, error, event, seq } = frame
  if (type === 'event') {
    if (typeof event !== 'string' || !(seq === undefined || isCount(seq))) return undefined
    return { type, event, payload, seq }
  }
  if (type !== 'res' || typeof id !== 'string') return undefined
  if (ok === true) return { type, id, ok, payload }
  return ok === false && isError(error) ? { type, id, ok, error } : undefined
}

export interface Challenge {
  readonly nonce: string
  /** Milliseconds since the epoch. */
  readonly ts: number
}

/** The first frame of a gateway; undefined when it is something else. */
export function readChallenge(text: string): Challenge | undefined {
  const frame = readIncoming(text)
  if (frame?.type !== 'event' || frame.event !== 'connect.challenge' || !isObject(frame.payload)) return undefined
  const { nonce, ts } = frame.payload
  return typeof nonce === 'string' && nonce !== '' && isCount(ts) ? { nonce, ts } : undefined
}

/** True for the first of the two answers of a two-phase method (spec/protocol.md section 1). */
export function isAccepted(payload: unknown): payload is { readonly status: 'accepted' } {
  return isObject(payload) && payload.status === 'accepted'
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isError(value: unknown): value is ErrorShape {
  return isObject(value) && typeof value.code === 'string' && typeof value.message === 'string'
}
