import { toGatewayError } from '../../kernel/errors.js'
import type { CronRunReport, CronTold } from '../../storage/types.js'

/** How the work of a job went. */
export interface Worked {
  readonly status: 'ok' | 'error' | 'skipped'
  readonly report: CronRunReport
  readonly failure?: 'passing' | 'lasting'
  readonly told?: Partial<CronTold>
  /** The session that was made for this run alone. */
  readonly ownSession?: string
}

/** Failures by their code: the protocol's word for them, and whether the same may go well later. */
const kinds: Readonly<Record<string, readonly [reason: string, failure: 'passing' | 'lasting']>> = {
  upstream_error: ['server_error', 'passing'],
  upstream_stream_interrupted: ['server_error', 'passing'],
  all_models_failed: ['server_error', 'passing'],
  rate_limit_exceeded: ['rate_limit', 'passing'],
  session_busy: ['overloaded', 'passing'],
  server_busy: ['overloaded', 'passing'],
  upstream_timeout: ['timeout', 'passing'],
  run_timeout: ['timeout', 'passing'],
  egress_timeout: ['timeout', 'passing'],
  egress_failed: ['server_error', 'passing'],
  channel_unavailable: ['unknown', 'passing'],
  message_not_sent: ['unknown', 'passing'],
  // These stay until somebody acts: the job is turned off at once.
  upstream_auth_failed: ['auth', 'lasting'],
  budget_exceeded: ['billing', 'passing'],
  upstream_billing: ['billing', 'lasting'],
  model_not_found: ['model_not_found', 'lasting'],
  agent_not_found: ['unknown', 'lasting'],
  context_length_exceeded: ['context_overflow', 'lasting'],
}

/** The end of a job that went wrong. */
export function failed(thrown: unknown, report: Partial<CronRunReport> = {}): Worked {
  const { code, message } = toGatewayError(thrown)
  const [reason, failure] = kinds[code] ?? ['unknown']
  return {
    // There is another day.
    status: code === 'budget_exceeded' ? 'skipped' : 'error',
    ...(failure && { failure }),
    report: { deliveryStatus: 'not-requested', ...report, error: message, errorReason: reason },
  }
}
