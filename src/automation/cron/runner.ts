import type { Config } from '../../config/types.js'
import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { CronJobRow, CronRunReport, CronRunRow, CronStore, CronTold } from '../../storage/types.js'
import { eventLimits } from '../system-events.js'
import { type AlertRules, afterRun, type Notice, type RunResult } from './after-run.js'
import { failed, type Worked } from './failures.js'
import { nextRunAt } from './schedule.js'

/** The clock may jump: when something is due is looked up at least so often. */
const longestWaitMs = 60_000
/** A run that begins so late was missed: by a gateway that was down, or a machine that slept. */
const missedMs = 60_000
const defaults = { concurrent: 1, keepRuns: 2_000, alertAfter: 2, alertCooldownMs: 3_600_000 }

export interface CronRunnerOptions {
  readonly store: CronStore
  readonly clock: Clock
  readonly log: Logger
  readonly config: () => Config
  readonly stopping: StopSignal
  /** Jobs run when they are due, and not only by hand. */
  readonly enabled: () => boolean
  /** Does what the job is for. Rejects when the gateway ends meanwhile: the next start takes it up. */
  readonly work: (row: CronJobRow, run: CronRunRow) => Promise<Worked>
  /** What a run of an earlier start has brought; undefined when it was cut off. */
  readonly resume: (row: CronJobRow, run: CronRunRow) => Promise<Worked | undefined>
  /** What people are to be told of a job that fails or works again. */
  readonly alert: (row: CronJobRow, run: CronRunRow, notice: Notice) => Promise<Partial<CronTold>>
  /** After what was told is on disk. */
  readonly told: (told: CronTold) => void
  readonly event: (action: 'started' | 'finished', row: CronJobRow, run: CronRunRow) => void
}

/** What `run` brings about. */
export type Started = { readonly ran: true; readonly runId: string } | { readonly ran: false; readonly reason: string }

/**
 * Runs jobs when they are due: one timer for the next of them all, one run per job at a time. That a run begins, and when
 * the job is due again, is on disk before anything is done; how it ended and what people hear of it are written together.
 */
export class CronRunner {
  readonly #options: CronRunnerOptions
  readonly #running = new Map<string, Promise<void>>()
  #cancel = () => {}
  #looking: Promise<void> = Promise.resolve()
  #manual = 0
  #closed = false

  constructor(options: CronRunnerOptions) {
    this.#options = options
  }

  /** Takes up what an earlier start has left, and begins. */
  async open(): Promise<void> {
    for (const run of await this.#options.store.running()) await this.#recover(run)
    this.look()
  }

  /** Looks what is due now. */
  look(): void {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((err: unknown) => {
        if (this.#closed) return
        this.#options.log.error({ err }, 'the jobs that are due could not be looked up')
        this.#arm(longestWaitMs)
      })
  }

  /** Runs a job now. `due`: only when it is due. The schedule stays as it is. */
  async run(row: CronJobRow, mode: 'due' | 'force' | 'if-enabled'): Promise<Started> {
    const now = this.#options.clock.now()
    if (mode === 'if-enabled' && !row.enabled) return { ran: false, reason: 'disabled' }
    if (mode === 'due' && !(row.enabled && row.nextAt !== undefined && row.nextAt <= now)) {
      return { ran: false, reason: 'not-due' }
    }
    this.#manual += 1
    const id = `manual:${row.id}:${now}:${this.#manual}`
    const begun = await this.#begin(row, runOf(row, id, now, now))
    return begun ? { ran: true, runId: id } : { ran: false, reason: 'already-running' }
  }

  /** Waits for nothing new; runs that go on end with the gateway. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    await this.#looking
    await Promise.all(this.#running.values())
  }

  async #look(): Promise<void> {
    const { store, clock, enabled, stopping } = this.#options
    this.#cancel()
    if (this.#closed || stopping.aborted || !enabled()) return
    const now = clock.now()
    if (this.#room > 0) for (const row of await store.due(now, this.#room)) await this.#fire(row, now)
    const next = await store.next()
    // Without room the end of a run looks again.
    if (next !== undefined && this.#room > 0) this.#arm(next - clock.now())
  }

  get #room(): number {
    return (this.#options.config().cron?.maxConcurrentRuns ?? defaults.concurrent) - this.#running.size
  }

  #arm(ms: number): void {
    this.#cancel()
    if (this.#closed) return
    this.#cancel = this.#options.clock.after(Math.min(Math.max(ms, 0), longestWaitMs), () => this.look())
  }

  async #fire(row: CronJobRow, now: number): Promise<void> {
    const dueAt = row.nextAt ?? now
    const { catchUp = this.#options.config().cron?.skipMissedJobs ? 'skip' : 'once', schedule } = row.job
    const missed = schedule.kind !== 'at' && now - dueAt > missedMs
    const from = missed && catchUp === 'all' ? dueAt : now
    const nextAt = schedule.kind === 'at' ? undefined : nextRunAt(schedule, from, row)
    const run = runOf(row, `cron:${row.id}:${dueAt}`, now, dueAt)
    const skip = missed && catchUp === 'skip'
    const begun = skip ? await this.#options.store.begin(run, { nextAt }) : await this.#begin(row, run, { nextAt })
    // A run of this instant is known: the clock was set back. It does not happen twice.
    if (!begun) await this.#options.store.change(row.id, (before) => ({ ...before, nextAt }))
    else if (skip) await this.#end(run, missedRun)
  }

  /** False when the run is known or the job runs. */
  async #begin(row: CronJobRow, run: CronRunRow, due?: { readonly nextAt: number | undefined }): Promise<boolean> {
    if (!(await this.#options.store.begin(run, due))) return false
    this.#options.event('started', row, run)
    const done = this.#carryOut(row, run).finally(() => {
      this.#running.delete(run.id)
      if (!this.#closed) this.look()
    })
    this.#running.set(run.id, done)
    return true
  }

  async #carryOut(row: CronJobRow, run: CronRunRow): Promise<void> {
    const { work, stopping, log } = this.#options
    try {
      const worked = await work(row, run).catch((thrown: unknown) => {
        if (stopping.aborted) throw thrown
        return failed(thrown)
      })
      await this.#end(run, worked, { live: true })
    } catch (err) {
      // It stays open on disk, for the next start.
      if (!stopping.aborted) log.error({ err, job: run.jobId, run: run.id }, 'the end of a job could not be written')
    }
  }

  async #recover(run: CronRunRow): Promise<void> {
    const row = await this.#options.store.get(run.jobId)
    const worked = row && (await this.#options.resume(row, run).catch((thrown: unknown) => failed(thrown)))
    const cut = 'the gateway went down while it ran'
    const report: CronRunReport = { error: cut, errorReason: 'unknown', deliveryStatus: 'unknown' }
    await this.#end(run, worked ?? { status: 'error', failure: 'passing', report })
  }

  /** What the job is at this moment counts: it may have been changed or removed while it ran. */
  async #end(run: CronRunRow, worked: Worked, { live = false } = {}): Promise<void> {
    const { store, clock, config, alert, told, event } = this.#options
    const { status, report, failure, ownSession } = worked
    const endedAt = clock.now()
    const { error, errorReason, deliveryStatus, deliveryError } = report
    const result: RunResult = {
      ...{ status, startedAt: run.at, endedAt, manual: run.id.startsWith('manual:') },
      ...{ error, errorReason, deliveryStatus, deliveryError, failure },
    }
    const settle = (row: CronJobRow) =>
      afterRun(live ? passedOver(row, endedAt) : row, result, alertRules(row, config()))
    const before = await store.get(run.jobId)
    const notice = before && settle(before).notice
    const ended = { ...run, status, endedAt, report, ...(ownSession !== undefined && { ownSession }) }
    const alarm = before && notice ? await alert(before, ended, notice) : {}
    const all = joined(worked.told, alarm)
    const row = await store.end(ended, (now) => settle(now).row, all, eventLimits)
    told(all)
    if (before) event('finished', row ?? { ...before, nextAt: undefined }, ended)
    await store.trim(run.jobId, config().cron?.runLog?.keepLines ?? defaults.keepRuns)
  }
}

/** How a run ended that was passed over. */
const missedRun: Worked = {
  status: 'skipped',
  report: { error: 'missed: the gateway did not run', deliveryStatus: 'not-requested' },
}

function joined(...all: readonly (Partial<CronTold> | undefined)[]): CronTold {
  return {
    messages: all.flatMap((one) => one?.messages ?? []),
    events: all.flatMap((one) => one?.events ?? []),
  }
}

/** The times that came while the job ran are left out, unless it wants them all. */
function passedOver(row: CronJobRow, endedAt: number): CronJobRow {
  const { schedule, catchUp } = row.job
  if (row.nextAt === undefined || row.nextAt > endedAt || catchUp === 'all' || schedule.kind === 'at') return row
  return { ...row, nextAt: nextRunAt(schedule, endedAt, row) }
}

function runOf({ id: jobId, job, agent }: CronJobRow, id: string, at: number, dueAt: number): CronRunRow {
  return { id, jobId, jobName: job.name, agent, at, dueAt, status: 'running' }
}

function alertRules({ job }: CronJobRow, { cron }: Config): AlertRules {
  const { enabled = true, ...general } = cron?.failureAlert ?? {}
  const none = { after: 0, cooldownMs: 0, includeSkipped: false }
  if (job.failureAlert === false || (job.failureAlert === undefined && !enabled)) return none
  const { after, cooldownMs, includeSkipped } = { ...general, ...job.failureAlert }
  return {
    after: after ?? defaults.alertAfter,
    cooldownMs: cooldownMs ?? defaults.alertCooldownMs,
    includeSkipped: includeSkipped ?? false,
  }
}
