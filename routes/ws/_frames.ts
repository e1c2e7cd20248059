import type { ErrorShape, RequestFrame } from '../../schemas/ws/frames.js'
import type { GatewayError } from '../../src/kernel/errors.js'

/** What came out of a text frame. */
export type Read =
  | { readonly kind: 'request'; readonly frame: RequestFrame }
  /** JSON, but no request; `id` is what an answer can name. */
  | { readonly kind: 'invalid'; readonly id: string; readonly problem: string }
  | { readonly kind: 'garbage' }

const maxId = 512
const maxMethod = 256
const maxTraceparent = 128

/** Reads a frame by hand: it is the hottest check of the control plane. Unknown keys pass. */
export function readFrame(text: string): Read {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'garbage' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid(undefined, 'must be object')
  const { type, id, method, traceparent } = value as Readonly<Record<string, unknown>>
  if (type !== 'req') return invalid(id, 'at /type: must be equal to constant "req"')
  if (!isText(id, maxId)) return invalid(undefined, `at /id: must be a string of 1 to ${maxId} characters`)
  if (!isText(method, maxMethod)) return invalid(id, `at /method: must be a string of 1 to ${maxMethod} characters`)
  if (traceparent !== undefined && !(typeof traceparent === 'string' && traceparent.length <= maxTraceparent)) {
    return invalid(id, `at /traceparent: must be a string of at most ${maxTraceparent} characters`)
  }
  return { kind: 'request', frame: value as RequestFrame }
}

function invalid(id: unknown, problem: string): Read {
  return { kind: 'invalid', id: isText(id, maxId) ? id : 'invalid', problem }
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max
}

/** A successful answer. Without a payload the key is left out. */
export function okFrame(id: string, payload: unknown): string {
  const text = payload === undefined ? undefined : JSON.stringify(payload)
  return text === undefined
    ? `{"type":"res","id":${JSON.stringify(id)},"ok":true}`
    : `{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${text}}`
}

export function errorFrame(id: string, error: ErrorShape): string {
  return JSON.stringify({ type: 'res', id, ok: false, error })
}

/** An event whose payload is JSON already. */
export function eventFrame(name: string, payload: string, seq?: number, stateVersion?: string): string {
  const number = seq === undefined ? '' : `,"seq":${seq}`
  const version = stateVersion === undefined ? '' : `,"stateVersion":${stateVersion}`
  return `{"type":"event","event":${JSON.stringify(name)},"payload":${payload}${number}${version}}`
}

/** An error of our table as the control plane spells it. `details.code` names the row where nothing else does. */
export function errorShape({ code, message, row, details, retryAfterMs }: GatewayError): ErrorShape {
  return {
    code: row.ws,
    message,
    details: details ?? { code },
    ...((row.retryable || retryAfterMs !== undefined) && { retryable: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
