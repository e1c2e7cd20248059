import { CronJobs } from '../automation/cron/jobs.js'
import { CronRunner } from '../automation/cron/runner.js'
import { parseDuration } from '../kernel/duration.js'
import type { Logger } from '../kernel/logger.js'
import type { Store } from '../storage/types.js'
import { cronEvent } from './cron-rows.js'
import { CronWork, type CronWorkInput } from './cron-work.js'
import type { Hub } from './hub.js'

const hourMs = 3_600_000
/** Sessions of single runs that are removed at a time. */
const sweptAtOnce = 50

export interface CronInput extends CronWorkInput {
  readonly store: Store
  readonly log: Logger
  readonly hub: Hub
  /** The agent of a session is to look at what waits there. */
  readonly wake: (sessionKey: string) => void
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
  const { store, clock, log, hub, config, sessions, stopping } = input
  const tell = (event: object) => hub.broadcast('cron', event)
  const work = new CronWork(input)
  let sweeping: Promise<void> = Promise.resolve()
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
      if (action === 'finished') sweeping = sweeping.then(sweep)
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
      await sweeping
    },
  }

  /** Sessions that were made for one run are kept for `cron.sessionRetention`. Never rejects. */
  async function sweep(): Promise<void> {
    const { sessionRetention = '24h' } = config().cron ?? {}
    const keepMs = sessionRetention === false ? 0 : parseDuration(sessionRetention, hourMs)
    if (!keepMs || stopping.aborted) return
    try {
      const old = await store.cron.sessionsBefore(clock.now() - keepMs, sweptAtOnce)
      for (const key of old) await sessions.edit.delete({ key }, { keep: false, archivedOnly: false })
      if (old.length > 0) await store.cron.forget(old)
    } catch (err) {
      if (!stopping.aborted) log.warn({ err }, 'old sessions of jobs stay until the next run')
    }
  }
}
