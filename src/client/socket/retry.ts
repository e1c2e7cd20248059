import { GatewayError } from '../../kernel/errors.js'
import { isObject } from './frames.js'

/** Failures that another attempt does not change: a person has to do something first. */
const finalKinds: ReadonlySet<unknown> = new Set([
  'pin',
  'tls',
  'protocol',
  'other_gateway',
  'other_user',
  'unauthorized',
  'credential_missing',
  'rate_limited',
])

/**
 * Whether a client that lost its gateway may try again (spec/protocol.md 2.7). A refused handshake is final unless the
 * gateway calls it retryable; a pairing that waits for its approval is, when the gateway says to wait.
 */
export function mayRetry(error: unknown): boolean {
  if (!(error instanceof GatewayError) || error.code !== 'gateway_unreachable') return false
  const { kind, handshake } = error.details ?? {}
  if (finalKinds.has(kind)) return false
  if (!isObject(handshake)) return true
  const details = isObject(handshake.details) ? handshake.details : {}
  if (details.code !== 'PAIRING_REQUIRED') return handshake.retryable === true
  const waiting = details.recommendedNextStep === 'wait_then_retry' || details.retryable === true
  return waiting && details.pauseReconnect !== true
}

/** The detail code of a refused handshake, such as `AUTH_TOKEN_MISMATCH`. */
export function handshakeCode(error: unknown): string | undefined {
  const handshake = error instanceof GatewayError ? error.details?.handshake : undefined
  const details = isObject(handshake) ? handshake.details : undefined
  return isObject(details) && typeof details.code === 'string' ? details.code : undefined
}
