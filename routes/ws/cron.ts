import type { CronJob } from '../../schemas/cron.js'
import { Type } from '../../schemas/type.js'
import {
  CronAddParams,
  CronJobId,
  CronJobRow,
  CronListParams,
  CronListResult,
  CronRemoveResult,
  CronRunParams,
  CronRunResult,
  CronRunsParams,
  CronRunsResult,
  CronStatusResult,
  CronUpdateParams,
} from '../../schemas/ws/cron.js'
import { hasScope } from '../../src/auth/scopes.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { compactRow, jobRow, runEntry } from '../../src/live/cron-rows.js'
import { family, method } from './_method.js'

const usual = 50

export default family({
  'cron.list': method({
    summary: 'Scheduled jobs',
    description: 'Those that are off are left out unless asked for. Sorted by when they are due.',
    scope: 'operator.read',
    params: CronListParams,
    result: CronListResult,
    async handler({ runtime }, params) {
      const { limit = usual, offset = 0, query, agentId, sortBy = 'nextRunAtMs', sortDir = 'asc', compact } = params
      const { enabled = params.includeDisabled ? 'all' : 'enabled', scheduleKind, lastRunStatus } = params
      const { rows, total } = await runtime.store.cron.list({
        ...{ limit, offset, query: query || undefined, agent: agentId, descending: sortDir === 'desc' },
        enabled: enabled === 'all' ? undefined : enabled === 'enabled',
        kind: unlessAll(scheduleKind),
        lastStatus: unlessAll(lastRunStatus),
        sort: sortBy === 'nextRunAtMs' ? 'nextAt' : sortBy === 'updatedAtMs' ? 'updatedAt' : 'name',
      })
      return {
        jobs: rows.map((row) => (compact ? compactRow(row) : jobRow(row))),
        ...pageOf(rows.length, { total, offset, limit }),
      }
    },
  }),
  'cron.status': method({
    summary: 'Whether jobs run, and when the next one is due',
    scope: 'operator.read',
    params: Type.Object({}),
    result: CronStatusResult,
    async handler({ runtime, caller }) {
      const [{ jobs }, next] = await Promise.all([runtime.store.cron.counts(), runtime.store.cron.next()])
      return {
        enabled: runtime.cron.enabled,
        // Jobs that start on events are not built.
        triggersEnabled: false,
        storePath: hasScope(caller.scopes, 'operator.admin') ? runtime.instance.paths.database : '',
        storage: 'sqlite' as const,
        jobs,
        nextWakeAtMs: next ?? null,
      }
    },
  }),
  'cron.get': method({
    summary: 'One scheduled job',
    scope: 'operator.read',
    params: CronJobId,
    result: CronJobRow,
    handler: async ({ runtime }, params) => jobRow(await (await runtime.cron.open()).jobs.get(idOf(params))),
  }),
  'cron.add': method({
    summary: 'Makes a scheduled job',
    description:
      'An agentTurn runs in a session of its own unless sessionTarget says otherwise, a systemEvent is for the main session. `catchUp` says what becomes of runs that were missed while the gateway was down.',
    scope: 'operator.admin',
    write: true,
    params: CronAddParams,
    result: CronJobRow,
    async handler({ runtime }, { agentId, sessionKey, enabled, ...job }) {
      const { jobs } = await runtime.cron.open()
      return jobRow(
        await jobs.add({
          job: complete(job),
          agentId: agentId ?? undefined,
          sessionKey: sessionKey ?? undefined,
          enabled,
          owner: true,
        }),
      )
    },
  }),
  'cron.update': method({
    summary: 'Changes a scheduled job',
    description:
      'Keys that the patch does not name stay, also those of payload and delivery. A new schedule counts from now.',
    scope: 'operator.admin',
    write: true,
    params: CronUpdateParams,
    result: CronJobRow,
    async handler({ runtime }, { patch: { agentId, enabled, ...job }, ...named }) {
      const { jobs } = await runtime.cron.open()
      return jobRow(await jobs.update(idOf(named), { job, agentId, enabled }))
    },
  }),
  'cron.remove': method({
    summary: 'Removes a scheduled job',
    description: 'A run that goes on ends by itself. The log of its runs stays.',
    scope: 'operator.admin',
    write: true,
    params: CronJobId,
    result: CronRemoveResult,
    async handler({ runtime }, params) {
      const removed = await (await runtime.cron.open()).jobs.remove(idOf(params))
      return { ok: removed, removed }
    },
  }),
  'cron.run': method({
    summary: 'Runs a scheduled job now',
    description: 'Answers when the run has begun; `cron.runs` and the `cron` event tell how it ends.',
    scope: 'operator.admin',
    write: true,
    params: CronRunParams,
    result: CronRunResult,
    async handler({ runtime }, { mode = 'force', ...named }) {
      const { jobs, runner } = await runtime.cron.open()
      const started = await runner.run(await jobs.get(idOf(named)), mode)
      if (!started.ran) return { ok: true as const, ran: false as const, reason: started.reason }
      return { ok: true as const, enqueued: true as const, runId: started.runId }
    },
  }),
  'cron.runs': method({
    summary: 'The log of runs, newest first',
    scope: 'operator.read',
    params: CronRunsParams,
    result: CronRunsResult,
    async handler({ runtime }, params) {
      const { limit = usual, offset = 0, query, agentId, runId, scope, sortDir = 'desc' } = params
      const jobId = scope === 'all' ? undefined : (params.id ?? params.jobId)
      const { rows, total } = await runtime.store.cron.runs({
        ...{ limit, offset, jobId, runId, agent: agentId, query: query || undefined, ascending: sortDir === 'asc' },
        statuses: params.statuses ?? asList(unlessAll(params.status)),
        deliveryStatuses: params.deliveryStatuses ?? asList(params.deliveryStatus),
      })
      return { entries: rows.map(runEntry), ...pageOf(rows.length, { total, offset, limit }) }
    },
  }),
})

const unlessAll = <T extends string>(value: T | undefined) => (value === 'all' ? undefined : value)
const asList = <T>(value: T | undefined) => (value === undefined ? undefined : [value])

function idOf({ id, jobId }: { readonly id?: string | undefined; readonly jobId?: string | undefined }): string {
  const name = id ?? jobId
  if (name !== undefined) return name
  throw new GatewayError('invalid_params', { message: 'id is missing', param: 'id' })
}

/** What is not said follows from what the job does. */
function complete(job: Omit<CronJob, 'sessionTarget' | 'wakeMode'> & Partial<CronJob>): CronJob {
  const sessionTarget = job.payload.kind === 'systemEvent' ? 'main' : 'isolated'
  return { wakeMode: 'now', ...job, sessionTarget: job.sessionTarget ?? sessionTarget }
}

function pageOf(rows: number, { total, offset, limit }: { total: number; offset: number; limit: number }) {
  const hasMore = offset + rows < total
  return { total, offset, limit, hasMore, nextOffset: hasMore ? offset + rows : null }
}
