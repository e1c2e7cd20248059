import type { CronJobRow, CronRunRow } from '../storage/types.js'

/** A job as clients see it. */
export function jobRow({
  id,
  agent,
  enabled,
  createdAt,
  updatedAt,
  revision,
  nextAt,
  runningAt,
  job,
  state,
}: CronJobRow) {
  return {
    ...{ id, agentId: agent, ...job, enabled },
    ...{ createdAtMs: createdAt, updatedAtMs: updatedAt, configRevision: String(revision) },
    ...(nextAt !== undefined && { nextRunAtMs: nextAt }),
    ...(state.lastRunAtMs !== undefined && { lastRunAtMs: state.lastRunAtMs }),
    ...(state.lastRunStatus !== undefined && { lastRunStatus: state.lastRunStatus }),
    ...(state.lastError !== undefined && { lastRunError: state.lastError }),
    ...(state.lastDeliveryStatus !== undefined && { lastDeliveryStatus: state.lastDeliveryStatus }),
    state: {
      ...state,
      ...(nextAt !== undefined && { nextRunAtMs: nextAt }),
      ...(runningAt !== undefined && { runningAtMs: runningAt }),
    },
  }
}

/** The same in few words, for lists on a page. */
export function compactRow(row: CronJobRow) {
  const { id, agent, enabled, updatedAt, nextAt, job, state } = row
  return {
    ...{ id, agentId: agent, name: job.name, enabled, scheduleKind: job.schedule.kind, updatedAtMs: updatedAt },
    ...(nextAt !== undefined && { nextRunAtMs: nextAt, nextRunAt: new Date(nextAt).toISOString() }),
    ...(state.lastRunAtMs !== undefined && { lastRunAtMs: state.lastRunAtMs }),
    ...(state.lastRunStatus !== undefined && { lastRunStatus: state.lastRunStatus }),
    ...(state.lastError !== undefined && { lastRunError: state.lastError }),
  }
}

/** One line of the log of runs. */
export function runEntry({ id, jobId, jobName, at, status, endedAt, report }: CronRunRow) {
  return {
    ...{ ts: endedAt ?? at, jobId, jobName, action: 'finished' as const, runId: id, runAtMs: at },
    status: status === 'running' ? undefined : status,
    completionStatus:
      status === 'ok' ? ('succeeded' as const) : status === 'error' ? ('failed' as const) : ('unknown' as const),
    ...(endedAt !== undefined && { durationMs: Math.max(endedAt - at, 0) }),
    ...report,
    ...(report && { delivered: report.deliveryStatus === 'delivered' }),
  }
}

/** The `cron` event of a run that begins or has ended. */
export function cronEvent(action: 'started' | 'finished', row: CronJobRow, run: CronRunRow): object {
  const about = { jobId: run.jobId, action, runId: run.id, runAtMs: run.at }
  if (action === 'started') return about
  const { report, endedAt = run.at } = run
  const { error, summary, sessionKey, sessionId } = report ?? {}
  return {
    ...about,
    ...{ status: run.status, durationMs: Math.max(endedAt - run.at, 0) },
    ...(error !== undefined && { error }),
    ...(summary !== undefined && { summary }),
    ...(sessionKey !== undefined && { sessionKey }),
    ...(sessionId !== undefined && { sessionId }),
    ...(row.nextAt !== undefined && { nextRunAtMs: row.nextAt }),
  }
}
