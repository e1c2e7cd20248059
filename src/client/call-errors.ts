import type { ErrorShape } from '../../schemas/ws/frames.js'
import { GatewayError } from '../kernel/errors.js'

/** What the gateway answered instead of a result: its words, and its code and facts under `details.gateway`. */
export function callRefused({ code, message, details, retryable, retryAfterMs }: ErrorShape): GatewayError {
  return new GatewayError('call_refused', {
    message,
    details: {
      gateway: {
        code,
        ...(details !== undefined && { details }),
        ...(retryable !== undefined && { retryable }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      },
    },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** The gateway's own code of a refused call, such as `INVALID_REQUEST`; undefined for every other error. */
export function refusalCode(error: unknown): string | undefined {
  if (!(error instanceof GatewayError) || error.code !== 'call_refused') return undefined
  const { gateway } = error.details ?? {}
  return typeof gateway === 'object' && gateway !== null && 'code' in gateway ? String(gateway.code) : undefined
}
