import type { CronJob } from '../../../schemas/cron.js'

export interface JobLine {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly schedule: CronJob['schedule']
  readonly what: string
  /** ISO 8601; undefined: it is not due any more. */
  readonly next?: string
  readonly lastStatus?: string
  readonly lastError?: string
}

export interface RunLine {
  readonly at: string
  readonly status: string
  readonly what: string
}

/** The scheduled jobs of an agent. */
export interface GatewayCron {
  /** Its own, those that are off too; at most a hundred. */
  list(): Promise<readonly JobLine[]>
  /** Answers go to the chat of this session unless the job says otherwise. Throws what is wrong with it. */
  add(job: CronJob): Promise<JobLine>
  /** Throws `not_found`, also for jobs of other agents. */
  remove(id: string): Promise<void>
  /** Begins a run; gives its id, or why there is none. */
  run(id: string): Promise<string>
  /** The newest runs first. */
  runs(id: string): Promise<readonly RunLine[]>
}
