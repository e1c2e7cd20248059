import { CronDeliveryPatch, CronFailureAlert, CronJob, CronPayloadPatch, CronSchedule, CronState } from '../cron.js'
import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const instant = (description: string) => Type.Integer({ minimum: 0, description })
const optional = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Optional(schema)
const id = Type.String({ minLength: 1, maxLength: 100 })
const lastStatus = stringEnum(['ok', 'error', 'skipped'])
const deliveryStatus = stringEnum(['delivered', 'not-delivered', 'unknown', 'not-requested'])

/** A job is named by `id`, or by `jobId` as older clients do. */
export const CronJobId = Type.Object({ id: optional(id), jobId: optional(id) })

const given = CronJob.properties

export const CronJobRow = Type.Object({
  id,
  agentId: Type.String(),
  ...given,
  enabled: Type.Boolean(),
  createdAtMs: instant('When it was made.'),
  updatedAtMs: instant('When it was changed last.'),
  configRevision: Type.String({ description: 'Another after each change.' }),
  nextRunAtMs: optional(instant('When it is due next.')),
  lastRunAtMs: optional(instant('When it ran last.')),
  lastRunStatus: optional(lastStatus),
  lastRunError: optional(Type.String()),
  lastDeliveryStatus: optional(deliveryStatus),
  state: CronState,
})

/** A job in few words, for lists on a page. */
export const CronCompactRow = Type.Object({
  id,
  agentId: Type.String(),
  name: Type.String(),
  enabled: Type.Boolean(),
  scheduleKind: Type.String(),
  updatedAtMs: instant('When it was changed last.'),
  nextRunAtMs: optional(instant('When it is due next.')),
  nextRunAt: optional(Type.String({ description: 'The same as ISO 8601.' })),
  lastRunAtMs: optional(instant('When it ran last.')),
  lastRunStatus: optional(lastStatus),
  lastRunError: optional(Type.String()),
})

const page = {
  limit: optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  offset: optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: 0 })),
  query: optional(Type.String({ maxLength: 200, description: 'Words in it, in any case.' })),
  sortDir: optional(stringEnum(['asc', 'desc'])),
  agentId: optional(Type.String({ minLength: 1, maxLength: 100 })),
}
const paged = {
  total: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  limit: Type.Integer({ minimum: 1 }),
  hasMore: Type.Boolean(),
  nextOffset: Nullable(Type.Integer({ minimum: 0 })),
}

export const CronListParams = Type.Object({
  ...page,
  includeDisabled: optional(Type.Boolean()),
  enabled: optional(stringEnum(['all', 'enabled', 'disabled'])),
  scheduleKind: optional(stringEnum(['all', 'at', 'every', 'cron', 'on-exit', 'stream'])),
  lastRunStatus: optional(stringEnum(['all', 'ok', 'error', 'skipped', 'unknown'])),
  sortBy: optional(stringEnum(['nextRunAtMs', 'updatedAtMs', 'name'])),
  compact: optional(Type.Boolean({ description: 'Rows of few words.' })),
  includeDeliveryPreviews: optional(Type.Boolean()),
})
export const CronListResult = Type.Object({ jobs: Type.Array(Type.Union([CronJobRow, CronCompactRow])), ...paged })

export const CronStatusResult = Type.Object({
  enabled: Type.Boolean(),
  triggersEnabled: Type.Boolean(),
  storePath: Type.String({ description: 'The database of the profile.' }),
  storage: Type.Literal('sqlite'),
  jobs: Type.Integer({ minimum: 0 }),
  nextWakeAtMs: Nullable(Type.Integer({ minimum: 0 })),
})

const { sessionTarget: _, wakeMode: __, ...optionalKeys } = given

export const CronAddParams = Type.Object({
  ...optionalKeys,
  sessionTarget: optional(given.sessionTarget),
  wakeMode: optional(given.wakeMode),
  enabled: optional(Type.Boolean()),
  agentId: optional(Nullable(Type.String({ minLength: 1, maxLength: 100 }))),
  sessionKey: optional(Nullable(Type.String({ maxLength: 512, description: 'What sessionTarget current means.' }))),
})

export const CronUpdateParams = Type.Object({
  id: optional(id),
  jobId: optional(id),
  patch: Type.Object({
    name: optional(given.name),
    description: given.description,
    schedule: optional(CronSchedule),
    sessionTarget: optional(given.sessionTarget),
    wakeMode: optional(given.wakeMode),
    payload: optional(CronPayloadPatch),
    delivery: optional(CronDeliveryPatch),
    failureAlert: optional(CronFailureAlert),
    deleteAfterRun: given.deleteAfterRun,
    catchUp: given.catchUp,
    enabled: optional(Type.Boolean()),
    agentId: optional(Nullable(Type.String({ minLength: 1, maxLength: 100 }))),
  }),
})

export const CronRemoveResult = Type.Object({ ok: Type.Boolean(), removed: Type.Boolean() })

export const CronRunParams = Type.Object({
  id: optional(id),
  jobId: optional(id),
  mode: optional(stringEnum(['due', 'force', 'if-enabled'])),
})
export const CronRunResult = Type.Object({
  ok: Type.Literal(true),
  enqueued: optional(Type.Literal(true)),
  runId: optional(Type.String()),
  ran: optional(Type.Literal(false)),
  reason: optional(Type.String()),
})

export const CronRunsParams = Type.Object({
  ...page,
  id: optional(id),
  jobId: optional(id),
  runId: optional(Type.String({ minLength: 1, maxLength: 300 })),
  scope: optional(stringEnum(['job', 'all'])),
  status: optional(stringEnum(['all', 'ok', 'error', 'skipped'])),
  statuses: optional(Type.Array(lastStatus, { maxItems: 3 })),
  deliveryStatus: optional(deliveryStatus),
  deliveryStatuses: optional(Type.Array(deliveryStatus, { maxItems: 4 })),
})

export const CronRunEntry = Type.Object({
  ts: instant('When it ended.'),
  jobId: Type.String(),
  jobName: optional(Type.String()),
  action: Type.Literal('finished'),
  runId: optional(Type.String()),
  status: optional(lastStatus),
  completionStatus: optional(stringEnum(['succeeded', 'failed', 'unknown'])),
  runAtMs: optional(instant('When it began.')),
  durationMs: optional(Type.Integer({ minimum: 0 })),
  error: optional(Type.String()),
  errorReason: optional(Type.String()),
  summary: optional(Type.String()),
  sessionKey: optional(Type.String()),
  sessionId: optional(Type.String()),
  model: optional(Type.String()),
  usage: optional(Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description: 'Tokens.' })),
  delivered: optional(Type.Boolean()),
  deliveryStatus: optional(deliveryStatus),
  deliveryError: optional(Type.String()),
  nextRunAtMs: optional(instant('When the job was due next.')),
})
export const CronRunsResult = Type.Object({ entries: Type.Array(CronRunEntry), ...paged })
