import { toGatewayError } from '../../kernel/errors.js'
import type { CronRunReport, CronTold } from '../../storage/types.js'
import { failureOf } from '../failures.js'

/** How the work of a job went. */
export interface Worked {
  readonly status: 'ok' | 'error' | 'skipped'
  readonly report: CronRunReport
  readonly failure?: 'passing' | 'lasting'
  readonly told?: Partial<CronTold>
  /** The session that was made for this run alone. */
  readonly ownSession?: string
}

/** The end of a job that went wrong. */
export function failed(thrown: unknown, report: Partial<CronRunReport> = {}): Worked {
  const { code, message } = toGatewayError(thrown)
  const { reason, failure } = failureOf(code)
  return {
    // There is another day.
    status: code === 'budget_exceeded' ? 'skipped' : 'error',
    ...(failure && { failure }),
    report: { deliveryStatus: 'not-requested', ...report, error: message, errorReason: reason },
  }
}
