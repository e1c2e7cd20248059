import type { ErrorShape } from '../../schemas/ws/frames.js'
import { GatewayError } from '../kernel/errors.js'
import { isObject } from './socket/frames.js'

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
  const code = refusal(error)?.code
  return code === undefined ? undefined : String(code)
}

/** The row of the error table that the gateway's refusal stands in, such as `not_found`, where the gateway says it. */
export function refusalReason(error: unknown): string | undefined {
  const details = refusal(error)?.details
  return isObject(details) && typeof details.code === 'string' ? details.code : undefined
}

function refusal(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!(error instanceof GatewayError) || error.code !== 'call_refused') return undefined
  const gateway = error.details?.gateway
  return isObject(gateway) ? gateway : undefined
}
