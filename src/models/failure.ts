import { type ErrorCode, type ErrorOptions, GatewayError } from '../kernel/errors.js'
import type { FailureClass, ModelFailure } from './types.js'

/** Told to callers when the upstream named no time. */
const DEFAULT_RETRY_AFTER_MS = 10_000

const codes: Readonly<Record<FailureClass, ErrorCode>> = {
  // Never 401: the caller would think that its gateway token is bad (spec/http.md section 6.3).
  auth: 'upstream_auth_failed',
  rate_limit: 'rate_limit_exceeded',
  overloaded: 'upstream_error',
  timeout: 'upstream_timeout',
  server: 'upstream_error',
  billing: 'upstream_billing',
  not_found: 'upstream_not_found',
  overflow: 'context_length_exceeded',
  format: 'upstream_rejected',
  refusal: 'upstream_rejected',
  cut: 'upstream_stream_interrupted',
  aborted: 'run_aborted',
}

/**
 * The error that a caller sees for a failed model call (spec/http.md section 6.3). Callers get our own sentence; only
 * where the upstream complains of what the caller sent (400) its words are passed on. The full text for the operator
 * is the `cause`. A model call belongs to a turn that has begun, so `started` is true unless the caller says otherwise.
 */
export function failureToError(failure: ModelFailure, options: Pick<ErrorOptions, 'started'> = {}): GatewayError {
  return new GatewayError(codes[failure.class], {
    started: options.started ?? true,
    details: { class: failure.class, ...(failure.status === undefined ? {} : { status: failure.status }) },
    cause: new Error(failure.message),
    ...said(failure),
    ...(failure.told !== undefined && { message: failure.told }),
    ...retryAfter(failure),
  })
}

function said({ class: kind, said, param }: ModelFailure): ErrorOptions {
  switch (kind) {
    case 'overflow':
      return { param: 'messages' }
    case 'format':
    case 'refusal':
      return { ...(said ? { message: `The model provider rejected the request: ${said}` } : {}), param: param ?? null }
    case 'cut':
      return { message: 'The model stream broke off; the text so far, if any, is incomplete.' }
    default:
      return {}
  }
}

function retryAfter(failure: ModelFailure): ErrorOptions {
  if (failure.retryAfterMs !== undefined) return { retryAfterMs: failure.retryAfterMs }
  return failure.class === 'rate_limit' ? { retryAfterMs: DEFAULT_RETRY_AFTER_MS } : {}
}
