import type { CronJob, CronState } from '../../schemas/cron.js'
import type { NewOutboxRow } from './channel-types.js'
import type { SystemEvent, SystemEventLimits } from './system-event-types.js'

/** A job as it is kept. */
export interface CronJobRow {
  readonly id: string
  readonly agent: string
  readonly enabled: boolean
  readonly createdAt: number
  readonly updatedAt: number
  /** Grows with each change of what the job is. */
  readonly revision: number
  /** Milliseconds since the epoch; undefined: it is not due any more. */
  readonly nextAt: number | undefined
  /** When the run began that goes on. */
  readonly runningAt: number | undefined
  readonly job: CronJob
  readonly state: CronState
  /** It runs on behalf of an owner of the gateway. */
  readonly owner: boolean
}

export type CronRunStatus = 'running' | 'ok' | 'error' | 'skipped'

/** One run of a job. */
export interface CronRunRow {
  /** The same for the same instant of the same job: it runs once. */
  readonly id: string
  readonly jobId: string
  readonly jobName: string
  readonly agent: string
  /** When it began, and the instant that it was due. */
  readonly at: number
  readonly dueAt: number
  readonly status: CronRunStatus
  /** The session that was made for this run alone. */
  readonly ownSession?: string
  readonly endedAt?: number
  readonly report?: CronRunReport
}

/** How a run ended, for the log of runs. */
export interface CronRunReport {
  readonly error?: string
  readonly errorReason?: string
  readonly summary?: string
  readonly sessionKey?: string
  readonly sessionId?: string
  readonly model?: string
  readonly usage?: Readonly<Record<string, number>>
  readonly deliveryStatus: 'delivered' | 'not-delivered' | 'unknown' | 'not-requested'
  readonly deliveryError?: string
  readonly nextRunAtMs?: number
}

export interface CronJobFilter {
  readonly enabled?: boolean | undefined
  readonly agent?: string | undefined
  /** In the name, the description or the id; any case. */
  readonly query?: string | undefined
  readonly kind?: string | undefined
  readonly lastStatus?: string | undefined
  readonly sort: 'nextAt' | 'updatedAt' | 'name'
  readonly descending: boolean
  readonly limit: number
  readonly offset: number
}

export interface CronRunFilter {
  readonly jobId?: string | undefined
  readonly runId?: string | undefined
  readonly agent?: string | undefined
  readonly statuses?: readonly string[] | undefined
  readonly deliveryStatuses?: readonly string[] | undefined
  readonly query?: string | undefined
  readonly ascending: boolean
  readonly limit: number
  readonly offset: number
}

/** What a run tells people, and agents at their next turn. */
export interface CronTold {
  readonly messages: readonly NewOutboxRow[]
  readonly events: readonly SystemEvent[]
}

export interface CronStore {
  /** A job will be due, or an earlier start has left a run. Cheap: asked at each start. */
  awaited(): Promise<boolean>
  add(row: CronJobRow): Promise<void>
  /** Changes a job as it is at this moment; undefined when there is none. What `change` throws changes nothing. */
  change(id: string, change: (before: CronJobRow) => CronJobRow): Promise<CronJobRow | undefined>
  /** The job of a declaration. */
  declared(key: string): Promise<CronJobRow | undefined>
  get(id: string): Promise<CronJobRow | undefined>
  remove(id: string): Promise<boolean>
  list(filter: CronJobFilter): Promise<{ readonly rows: CronJobRow[]; readonly total: number }>
  counts(): Promise<{ readonly jobs: number; readonly enabled: number }>
  /** Jobs that are due and do not run, those that have waited longest first. */
  due(now: number, limit: number): Promise<CronJobRow[]>
  /** The first instant at which a job that does not run is due. */
  next(): Promise<number | undefined>
  /**
   * The run begins, and the job is due again as `due` says, or as before without it: together. False when the run is
   * known or the job runs.
   */
  begin(run: CronRunRow, due?: { readonly nextAt: number | undefined }): Promise<boolean>
  /**
   * The run ends, the job becomes what `settle` makes of it as it is at this moment (undefined: it goes), and this is what
   * is told: together. Gives the job.
   */
  end(
    run: CronRunRow,
    settle: (before: CronJobRow) => CronJobRow | undefined,
    told: CronTold,
    limits: SystemEventLimits,
  ): Promise<CronJobRow | undefined>
  /** Runs that an earlier start has left. */
  running(): Promise<CronRunRow[]>
  runs(filter: CronRunFilter): Promise<{ readonly rows: CronRunRow[]; readonly total: number }>
  /** Keeps the newest runs of a job, and those whose sessions are still there. */
  trim(jobId: string, keep: number): Promise<void>
  /** Sessions that were made for single runs which ended before, oldest first. */
  sessionsBefore(at: number, limit: number): Promise<string[]>
  /** These sessions are gone. */
  forget(sessionKeys: readonly string[]): Promise<void>
}
