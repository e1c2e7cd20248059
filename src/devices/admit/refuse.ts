import type { ErrorShape } from '../../../schemas/ws/frames.js'
import type { Refused } from '../admission.js'
import type { ProofFailure } from '../proof.js'

const POLICY_VIOLATION = 1008
const PROTOCOL_ERROR = 1002

type Details = Readonly<Record<string, unknown>>

/** Rows of spec/protocol.md 2.7. Official clients decide by `details.code`, and some by the message. */
export function refuse(
  code: 'INVALID_REQUEST' | 'NOT_PAIRED',
  message: string,
  details?: Details,
  more: Partial<Pick<ErrorShape, 'retryable' | 'retryAfterMs'>> & { readonly closeReason?: string } = {},
): Refused {
  const { closeReason = message, ...shape } = more
  return {
    ok: false,
    error: { code, message, ...(details && { details }), ...shape },
    close: { code: POLICY_VIOLATION, reason: closeReason },
  }
}

export function refuseProtocol(clientMinProtocol: number, clientMaxProtocol: number, range: object): Refused {
  const details = { code: 'PROTOCOL_MISMATCH', clientMinProtocol, clientMaxProtocol, ...range }
  const refused = refuse('INVALID_REQUEST', 'protocol mismatch', details)
  return { ...refused, close: { ...refused.close, code: PROTOCOL_ERROR } }
}

export function refuseOrigin(reason: 'origin not allowed' | 'origin missing or invalid'): Refused {
  const message = `${reason}: open the page from the gateway itself, or add its origin to gateway.controlUi.allowedOrigins`
  return refuse('INVALID_REQUEST', message, { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason })
}

export function refuseWithoutDevice(): Refused {
  return refuse('NOT_PAIRED', 'device identity required', { code: 'DEVICE_IDENTITY_REQUIRED' })
}

export function refusePageWithoutDevice(): Refused {
  const message =
    'control ui requires device identity (browsers give it to pages on https or on localhost; open the page there)'
  return refuse('INVALID_REQUEST', message, { code: 'CONTROL_UI_DEVICE_IDENTITY_REQUIRED' })
}

const proofs: Readonly<Record<ProofFailure, readonly [code: string, message: string]>> = {
  'device-id-mismatch': ['DEVICE_AUTH_DEVICE_ID_MISMATCH', 'device identity mismatch'],
  'device-signature-stale': ['DEVICE_AUTH_SIGNATURE_EXPIRED', 'device signature expired'],
  'device-nonce-missing': ['DEVICE_AUTH_NONCE_REQUIRED', 'device nonce required'],
  'device-nonce-mismatch': ['DEVICE_AUTH_NONCE_MISMATCH', 'device nonce mismatch'],
  'device-signature': ['DEVICE_AUTH_SIGNATURE_INVALID', 'device signature invalid'],
  'device-public-key': ['DEVICE_AUTH_PUBLIC_KEY_INVALID', 'device public key invalid'],
}

export function refuseProof(reason: ProofFailure): Refused {
  const [code, message] = proofs[reason]
  return refuse('INVALID_REQUEST', message, { code, reason })
}
