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
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number; readonly total_tokens?: number }
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

/** What a run tells people and agents. */
export interface CronTold {
  readonly messages?: readonly NewOutboxRow[]
  readonly event?: SystemEvent
  readonly limits?: SystemEventLimits
}

export interface CronStore {
  /** A job will be due, or an earlier start has left a run. Cheap: asked at each start. */
  awaited(): Promise<boolean>
  /** A new job, or a changed one. */
  put(row: CronJobRow): Promise<void>
  get(id: string): Promise<CronJobRow | undefined>
  remove(id: string): Promise<boolean>
  list(filter: CronJobFilter): Promise<{ readonly rows: CronJobRow[]; readonly total: number }>
  counts(): Promise<{ readonly jobs: number; readonly enabled: number }>
  /** Jobs that are due and do not run, those that have waited longest first. */
  due(now: number, limit: number): Promise<CronJobRow[]>
  /** The first instant at which a job that does not run is due. */
  next(): Promise<number | undefined>
  /** The run begins, and the job is due again at `nextAt`: together. False when the run is known or the job runs. */
  begin(run: CronRunRow, nextAt: number | undefined): Promise<boolean>
  /** The run ends, the job is as in `row` (gone when undefined), and this is what is told: together. */
  end(run: CronRunRow, row: CronJobRow | undefined, told?: CronTold): Promise<void>
  /** Runs that an earlier start has left. */
  running(): Promise<CronRunRow[]>
  runs(filter: CronRunFilter): Promise<{ readonly rows: CronRunRow[]; readonly total: number }>
  /** Keeps the newest runs of a job. */
  trim(jobId: string, keep: number): Promise<void>
}
