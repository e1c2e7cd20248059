import { type Clock, sleep } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { ModelFailure } from '../../models/types.js'

/** Further attempts after the first (spec/http.md section 6.3). */
const MAX_RETRIES = 2
/** No attempt begins later than this after the first, unless the caller is less patient. */
const BUDGET_MS = 10_000
const FIRST_WAIT_MS = 500

export interface Failed {
  readonly failure: ModelFailure
  /** Nothing was given out yet, and the same call may succeed soon. */
  readonly retry: boolean
}

export interface RetryContext {
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
}

/**
 * Runs `attempt` until it gives undefined (success), a failure that is not worth another try, or the budget is used
 * up. Waits what the upstream asked for, else 0.5 s, 1 s, less up to a half by chance. Gives the last failure; a
 * signal that aborts during a wait ends it with class `aborted`. Does not throw unless `attempt` does. `first` is the
 * outcome of an attempt that was made already, and `begun` the monotonic time of its beginning. No attempt begins later
 * than `budgetMs` after that.
 */
export async function withRetries(
  { clock, log, random }: RetryContext,
  signal: StopSignal,
  attempt: () => Promise<Failed | undefined>,
  first?: Failed,
  begun = clock.monotonic(),
  budgetMs = BUDGET_MS,
): Promise<ModelFailure | undefined> {
  let failed = first ?? (await attempt())
  for (let retries = 0; failed; retries++) {
    const { failure } = failed
    if (!failed.retry || retries === MAX_RETRIES || signal.aborted) return failure
    const wait = failure.retryAfterMs ?? FIRST_WAIT_MS * 2 ** retries * (1 - random() / 2)
    if (clock.monotonic() - begun + wait > budgetMs) return failure
    log.warn({ class: failure.class, status: failure.status, waitMs: Math.round(wait) }, `${failure.message}; retrying`)
    try {
      await sleep(clock, wait, signal)
    } catch {
      return { class: 'aborted', message: 'The call was aborted while it waited to be retried.' }
    }
    failed = await attempt()
  }
  return undefined
}

/**
 * How long an upstream asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date (RFC 9110 section
 * 10.2.3). Undefined when it does not say, or says nonsense. Milliseconds.
 */
export function retryAfter(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (exact >= 0) return exact
  const text = headers['retry-after']
  if (typeof text !== 'string' || text.trim() === '') return undefined
  const seconds = Number(text)
  if (seconds >= 0) return seconds * 1000
  // Without this check a stray number would be taken for a year or a month.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
