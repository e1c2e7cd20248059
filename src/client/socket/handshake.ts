import type { ConnectParams, HelloOk } from '../../../schemas/ws/connect.js'
import type { ErrorShape } from '../../../schemas/ws/frames.js'
import { maxBufferedBytes, maxPayloadBytes, tickIntervalMs } from '../../../schemas/ws/frames.js'
import type { GatewayError } from '../../kernel/errors.js'
import { type FailureKind, unreachable } from '../failures.js'
import { type Challenge, isObject, readChallenge, readIncoming } from './frames.js'
import type { Wire } from './wire.js'

/** Says who we are; signs the challenge when a device is meant. */
export type Login = (challenge: Challenge) => Promise<ConnectParams>

export type Policy = HelloOk['policy']

const connectId = 'connect'

/**
 * Challenge, `connect`, `hello-ok` (spec/protocol.md section 2). Throws `gateway_unreachable`; what the gateway said stands
 * in its `details.handshake`.
 */
export async function shakeHands(wire: Wire, login: Login): Promise<HelloOk> {
  const challenge = readChallenge(await wire.next())
  if (!challenge) throw unreachable('not_gateway', wire.display, 'no challenge')
  const params = await login(challenge)
  wire.send(JSON.stringify({ type: 'req', id: connectId, method: 'connect', params }))
  for (;;) {
    const frame = readIncoming(await wire.next())
    if (frame?.type !== 'res' || frame.id !== connectId) continue
    if (!frame.ok) throw handshakeRefused(frame.error, wire.display)
    if (!isHello(frame.payload)) throw unreachable('not_gateway', wire.display, 'no hello-ok')
    return frame.payload
  }
}

/** What both sides keep to; a gateway that names no limits has those of the protocol. */
export function policyOf({ policy }: { readonly policy?: Partial<Policy> | undefined }): Policy {
  return {
    maxPayload: policy?.maxPayload ?? maxPayloadBytes,
    maxBufferedBytes: policy?.maxBufferedBytes ?? maxBufferedBytes,
    tickIntervalMs: policy?.tickIntervalMs ?? tickIntervalMs,
  }
}

function isHello(payload: unknown): payload is HelloOk {
  if (!isObject(payload) || payload.type !== 'hello-ok' || !isObject(payload.server)) return false
  return isObject(payload.auth) && Array.isArray(payload.auth.scopes)
}

/** Which words fit a detail code of spec/protocol.md 2.7; the others show the gateway's own. */
const kinds: Readonly<Record<string, FailureKind>> = {
  AUTH_TOKEN_MISMATCH: 'unauthorized',
  AUTH_PASSWORD_MISMATCH: 'unauthorized',
  AUTH_DEVICE_TOKEN_MISMATCH: 'unauthorized',
  AUTH_TOKEN_MISSING: 'credential_missing',
  AUTH_PASSWORD_MISSING: 'credential_missing',
  AUTH_RATE_LIMITED: 'rate_limited',
  PAIRING_REQUIRED: 'pairing_required',
  PROTOCOL_MISMATCH: 'protocol',
}

function handshakeRefused(
  { code, message, details, retryable, retryAfterMs }: ErrorShape,
  display: string,
): GatewayError {
  const facts = isObject(details) ? details : {}
  const detailCode = typeof facts.code === 'string' ? facts.code : ''
  const kind = kinds[detailCode] ?? (code === 'UNAVAILABLE' && retryable ? 'starting' : 'handshake')
  const detail =
    kind === 'pairing_required'
      ? String(facts.requestId ?? '?')
      : kind === 'protocol'
        ? String(facts.expectedProtocol ?? '?')
        : message
  return unreachable(kind, display, detail, undefined, {
    retryAfterMs,
    handshake: {
      code,
      message,
      retryable: retryable === true,
      ...(details !== undefined && { details }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
    ...(kind === 'pairing_required' && { next: 'devices list' }),
  })
}
