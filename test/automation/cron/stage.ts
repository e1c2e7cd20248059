import { join } from 'node:path'
import type { Test } from 'tap'
import type { CronJob } from '../../../schemas/cron.js'
import type { Worked } from '../../../src/automation/cron/failures.js'
import { CronJobs, type JobWish } from '../../../src/automation/cron/jobs.js'
import { CronRunner } from '../../../src/automation/cron/runner.js'
import type { Config } from '../../../src/config/types.js'
import type { Logger } from '../../../src/kernel/logger.js'
import { Stop } from '../../../src/kernel/stop.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import type { CronJobRow, CronRunRow } from '../../../src/storage/types.js'
import { WallClock } from '../../helper/clock.js'
import { memoryFolder } from '../../helper/folder.js'

const quiet = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Logger
export const start = Date.parse('2026-03-01T10:00:00Z')
export const minute = 60_000
export const ok: Worked = { status: 'ok', report: { deliveryStatus: 'not-requested' } }
export const broken = (failure?: 'passing' | 'lasting'): Worked => ({
  status: 'error',
  ...(failure && { failure }),
  report: { deliveryStatus: 'not-requested', error: 'no', errorReason: 'unknown' },
})
export type Work = (row: CronJobRow, run: CronRunRow) => Promise<Worked>

interface Options {
  readonly cron?: Config['cron']
  readonly work?: Work
  readonly path?: string
  readonly clock?: WallClock
  readonly resume?: Worked
}

/** Jobs over a real store, with time that is moved by hand and work that is told how to go. */
export async function stage(t: Test, options: Options = {}) {
  const path = options.path ?? join(memoryFolder(t), 'x.db')
  const store = await openSqliteStore(path)
  const clock = options.clock ?? new WallClock(start)
  const stopping = new Stop()
  const config: Config = { ...(options.cron && { cron: options.cron }) }
  const runs: string[] = []
  const notices: string[] = []
  const asked = new Set<Promise<unknown>>()
  const cron = new Proxy(store.cron, {
    get: (target, name) => {
      const call = Reflect.get(target, name).bind(target)
      return (...args: unknown[]) => {
        const answer: Promise<unknown> = call(...args).finally(() => asked.delete(answer))
        asked.add(answer)
        return answer
      }
    },
  })
  const runner = new CronRunner({
    ...{
      store: cron,
      clock,
      log: quiet,
      config: () => config,
      stopping,
      enabled: () => config.cron?.enabled !== false,
    },
    work: async (row, run) => {
      runs.push(`${row.job.name} ${new Date(run.dueAt).toISOString().slice(5, 16)}`)
      const over = new Promise<never>((_, end) => stopping.addEventListener('abort', () => end(new Error('over'))))
      return Promise.race([(options.work ?? (async () => ok))(row, run), over])
    },
    resume: async () => options.resume,
    alert: async (_row, _run, notice) => {
      notices.push(notice)
      return {}
    },
    told: () => {},
    event: () => {},
  })
  const jobs = new CronJobs({
    ...{ store: cron, clock, config: () => config },
    changed: () => runner.look(),
  })
  await runner.open()
  const add = (job: Partial<CronJob>, more: Partial<JobWish> = {}) =>
    jobs.add({
      owner: true,
      ...more,
      job: {
        name: 'job',
        wakeMode: 'now',
        sessionTarget: 'isolated',
        payload: { kind: 'agentTurn', message: 'do it' },
        schedule: { kind: 'every', everyMs: 10 * minute, anchorMs: start },
        ...job,
      },
    })
  /** Moves time in small steps, so that what is due happens at its time. */
  const pass = async (ms: number, step = minute) => {
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left))
      await settled()
    }
  }
  /** Until nothing is asked of the store any more, and no timer is due. */
  const settled = async () => {
    for (let quiet = 0; quiet < 3; ) {
      clock.advance(0)
      await new Promise((resolve) => setImmediate(resolve))
      quiet = asked.size === 0 ? quiet + 1 : 0
      if (quiet === 0) await Promise.allSettled(asked)
    }
  }
  const close = async () => {
    stopping.abort(new Error('over'))
    await runner.close()
    await store.close()
  }
  return { store, clock, runner, jobs, add, pass, settled, runs, notices, close, path }
}
