import type { CronEvents } from '../automation/cron/events.js'
import { CronJobs } from '../automation/cron/jobs.js'
import { CronRunner } from '../automation/cron/runner.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { Store } from '../storage/types.js'
import { cronEvent } from './cron-rows.js'
import { CronWork, type CronWorkInput } from './cron-work.js'
import type { Hub } from './hub.js'
import { SessionSweep } from './session-sweep.js'

export interface CronInput extends CronWorkInput {
  readonly store: Store
  readonly log: Logger
  readonly hub: Hub
  /** The agent of a session is to look at what waits there. */
  readonly wake: (sessionKey: string) => void
  readonly bus: Bus<CronEvents>
  /** Jobs run when they are due. */
  readonly enabled: () => boolean
}

export interface OpenedCron {
  readonly jobs: CronJobs
  readonly runner: CronRunner
  close(): Promise<void>
}

/** The scheduled jobs of a gateway. Loaded when there is one, or somebody asks for them. */
export async function openCron(input: CronInput): Promise<OpenedCron> {
  const { store, clock, log, hub, bus, config, stopping } = input
  const tell = (event: object) => hub.broadcast('cron', event)
  const work = new CronWork(input)
  const sweep = new SessionSweep(input, store.cron)
  const runner = new CronRunner({
    ...{ store: store.cron, clock, log, config, stopping, enabled: input.enabled },
    work: (row, run) => work.work(row, run),
    resume: (row, run) => work.resume(row, run),
    alert: (row, run, notice) => work.alert(row, run, notice),
    told: ({ messages, events }) => {
      input.sent(messages)
      for (const { sessionKey, wake } of events) if (wake === 'now') input.wake(sessionKey)
    },
    event: (action, row, run) => {
      tell(cronEvent(action, row, run))
      if (action === 'started') return
      sweep.begin()
      bus.emit('cron.finished', run)
    },
  })
  const jobs = new CronJobs({
    ...{ store: store.cron, clock, config },
    changed: (action, row) => {
      tell({ jobId: row.id, action, ...(row.nextAt !== undefined && { nextRunAtMs: row.nextAt }) })
      runner.look()
    },
  })
  await runner.open()
  return {
    jobs,
    runner,
    close: async () => {
      await runner.close()
      await sweep.settled()
    },
  }
}
