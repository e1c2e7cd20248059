import type { CronState } from '../../../schemas/cron.js'
import type { CronJobRow } from '../../storage/types.js'

/** Added to the next natural time after the first, second ... failure in a row (spec/runtime.md 6.2). */
export const backoffMs: readonly number[] = [30_000, 60_000, 300_000, 900_000, 3_600_000]
/** A job that has failed so often in a row is turned off. */
const maxErrors = 10
/** A job that is due once and was not let run is tried again so often. */
const skippedAgainMs = 3_600_000
/** Tries of a job that is due once, after a failure that may pass. */
const maxRetries = 3

export interface RunResult {
  readonly status: 'ok' | 'error' | 'skipped'
  readonly error?: string
  /** Stable word for the kind of failure. */
  readonly errorReason?: string
  /** `passing`: the same may go well later. `lasting`: it will not before somebody acts. */
  readonly failure?: 'passing' | 'lasting'
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  /** Somebody asked for this run: it changes nothing of when the job is due. */
  readonly manual: boolean
  readonly deliveryStatus: NonNullable<CronState['lastDeliveryStatus']>
  readonly deliveryError?: string
}

export interface AlertRules {
  /** Failures in a row; 0: nobody is told. */
  readonly after: number
  readonly cooldownMs: number
  readonly includeSkipped: boolean
}

/** What people are told: that a job fails, that it was turned off, that it works again. */
export type Notice = 'failing' | 'disabled' | 'recovered'

export interface AfterRun {
  /** Undefined: the job is done with and goes. */
  readonly row: CronJobRow | undefined
  readonly notice: Notice | undefined
}

/** A job after one of its runs: when it is due again, and whether somebody has to know. */
export function afterRun(before: CronJobRow, result: RunResult, alert: AlertRules): AfterRun {
  const once = before.job.schedule.kind === 'at'
  const errors = result.status === 'error' ? (before.state.consecutiveErrors ?? 0) + 1 : 0
  const skipped = result.status === 'skipped' ? (before.state.consecutiveSkipped ?? 0) + 1 : 0
  if (once && result.status === 'ok' && !result.manual && (before.job.deleteAfterRun ?? true)) {
    return { row: undefined, notice: undefined }
  }
  const row = { ...before, runningAt: undefined, state: stateOf(before.state, result, errors, skipped) }
  const next = result.manual ? { nextAt: before.nextAt } : nextOf(before, result, errors)
  const off = next.nextAt === undefined && before.enabled && (once || next.off !== undefined)
  const notice = noticeOf(before, result, { errors, skipped, off: off && result.status === 'error' }, alert)
  const { autoDisabled: _, lastFailureAlertAtMs, ...state } = row.state
  return {
    row: {
      ...row,
      nextAt: next.nextAt,
      enabled: before.enabled && !off,
      state: {
        ...state,
        ...(next.off && {
          autoDisabled: { reason: 'consecutive-failures', atMs: result.endedAt, consecutiveErrors: errors },
        }),
        ...(notice === 'failing' || notice === 'disabled'
          ? { lastFailureAlertAtMs: result.endedAt }
          : lastFailureAlertAtMs !== undefined && notice !== 'recovered' && { lastFailureAlertAtMs }),
      },
    },
    notice,
  }
}

function stateOf(
  { lastError: _, lastErrorReason: __, lastDeliveryError: ___, ...state }: CronState,
  result: RunResult,
  errors: number,
  skipped: number,
): CronState {
  return {
    ...state,
    lastRunAtMs: result.startedAt,
    lastRunStatus: result.status,
    lastDurationMs: Math.max(result.endedAt - result.startedAt, 0),
    consecutiveErrors: errors,
    consecutiveSkipped: skipped,
    lastDeliveryStatus: result.deliveryStatus,
    ...(result.error !== undefined && { lastError: result.error }),
    ...(result.errorReason !== undefined && { lastErrorReason: result.errorReason }),
    ...(result.deliveryError !== undefined && { lastDeliveryError: result.deliveryError }),
  }
}

/** When it is due again. `off`: it was turned off for its failures. */
function nextOf(
  { job, nextAt }: CronJobRow,
  { status, failure, endedAt }: RunResult,
  errors: number,
): { readonly nextAt: number | undefined; readonly off?: true } {
  // What may not run today is due again, until it has run.
  if (status === 'skipped' && job.schedule.kind === 'at') return { nextAt: endedAt + skippedAgainMs }
  if (status !== 'error') return { nextAt }
  const wait = backoffMs[Math.min(errors, backoffMs.length) - 1] ?? 0
  if (job.schedule.kind === 'at') {
    const again = failure === 'passing' && errors <= maxRetries
    return again ? { nextAt: endedAt + wait } : { nextAt: undefined, off: true }
  }
  if (failure === 'lasting' || errors >= maxErrors) return { nextAt: undefined, off: true }
  // A schedule that has no further time gets none by failing.
  return { nextAt: nextAt === undefined ? undefined : Math.max(nextAt, endedAt + wait) }
}

function noticeOf(
  { state }: CronJobRow,
  { status, endedAt }: RunResult,
  { errors, skipped, off }: { readonly errors: number; readonly skipped: number; readonly off: boolean },
  { after, cooldownMs, includeSkipped }: AlertRules,
): Notice | undefined {
  if (after === 0) return undefined
  if (off) return 'disabled'
  const told = state.lastFailureAlertAtMs
  if (status === 'ok') return told === undefined ? undefined : 'recovered'
  const failures = errors + (includeSkipped ? skipped : 0)
  if (failures < after || (told !== undefined && endedAt - told < cooldownMs)) return undefined
  return 'failing'
}
