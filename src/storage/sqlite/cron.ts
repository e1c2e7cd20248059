import type { CronJobFilter, CronJobRow, CronRunFilter, CronRunRow, CronStore } from '../cron-types.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import { outboxInsert } from './outbox-insert.js'
import { eventWriter } from './system-events.js'

/** Jobs and their runs. Statements are prepared when the first is used: a gateway without jobs needs none of them. */
export function openCron(database: Database, commits: GroupCommit): CronStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  let writer: ReturnType<typeof eventWriter> | undefined
  const push = () => {
    writer ??= eventWriter(database)
    return writer
  }
  const put = (row: CronJobRow) => void sql().put.run(rawJob(row))
  const one = (raw: unknown) => (raw === undefined ? undefined : jobRow(raw as RawJob))
  const get = (id: string) => one(sql().get.get(id))
  // What is skipped is skipped in an index; only the rows of the page are read.
  const page = <R, T>(table: string, order: string, { text, values }: Where, from: Page, row: (raw: R) => T) => ({
    rows: (
      database
        .prepare(`
          SELECT * FROM ${table} WHERE id IN (SELECT id FROM ${table} ${text} ORDER BY ${order} LIMIT ? OFFSET ?)
          ORDER BY ${order}`)
        .all(...values, from.limit, from.offset) as R[]
    ).map(row),
    total: (database.prepare(`SELECT count(*) AS n FROM ${table} ${text}`).get(...values) as { n: number }).n,
  })
  return {
    awaited: () => commits.read(() => (database.prepare(awaited).get() as { readonly found: number }).found === 1),
    add: (row) => commits.write(() => put(row)),
    change: (id, change) =>
      commits.write(() => {
        const before = get(id)
        const after = before && change(before)
        if (after) put(after)
        return after
      }),
    declared: (key) => commits.read(() => one(sql().declared.get(key))),
    get: (id) => commits.read(() => get(id)),
    remove: (id) => commits.write(() => sql().remove.run(id).changes > 0),
    list: (filter) =>
      commits.read(() => page('cron_jobs', jobOrder(filter), jobsWhere(filter), filter, (raw: RawJob) => jobRow(raw))),
    counts: () =>
      commits.read(() => {
        const { jobs, enabled } = sql().counts.get() as { readonly jobs: number; readonly enabled: number }
        return { jobs, enabled }
      }),
    due: (now, limit) => commits.read(() => (sql().due.all(now, limit) as RawJob[]).map(jobRow)),
    next: () => commits.read(() => (sql().next.get() as { readonly at: number | null } | undefined)?.at ?? undefined),
    begin: ({ id, jobId, jobName, agent, at, dueAt }, due) =>
      commits.write(() => {
        if (sql().known.get(id) !== undefined) return false
        if (sql().claim.run(at, jobId).changes === 0) return false
        if (due) sql().dueAgain.run(due.nextAt ?? null, jobId)
        sql().begin.run(id, jobId, jobName, agent, at, dueAt)
        return true
      }),
    end: (run, settle, { messages, events }, limits) =>
      commits.write(() => {
        const before = get(run.jobId)
        const row = before && settle(before)
        if (row) put(row)
        else sql().remove.run(run.jobId)
        const { id, status, endedAt = null, ownSession = null } = run
        const report = run.report && { ...run.report, ...(row?.nextAt !== undefined && { nextRunAtMs: row.nextAt }) }
        const delivery = report?.deliveryStatus ?? null
        sql().end.run({ id, status, endedAt, ownSession, delivery, report: JSON.stringify(report ?? {}) })
        for (const event of events) push()(event, limits)
        for (const message of messages) sql().message.run({ ...message, at: endedAt ?? run.at })
        return row
      }),
    running: () => commits.read(() => (sql().running.all() as RawRun[]).map(runRow)),
    runs: (filter) =>
      commits.read(() => {
        const order = `number ${filter.ascending ? 'ASC' : 'DESC'}`
        return page('cron_runs', order, runsWhere(filter), filter, (raw: RawRun) => runRow(raw))
      }),
    trim: (jobId, keep) => commits.write(() => void sql().trim.run(jobId, jobId, keep)),
    sessionsBefore: (at, limit) =>
      commits.read(() => (sql().sessions.all(at, limit) as { readonly key: string }[]).map(({ key }) => key)),
    forget: (keys) =>
      commits.write(() => {
        for (const key of keys) sql().forget.run(key)
      }),
  }
}

const awaited = `SELECT EXISTS (SELECT 1 FROM cron_jobs WHERE enabled = 1 AND next_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM cron_runs WHERE status = 'running') AS found`

interface Where {
  readonly text: string
  readonly values: readonly (string | number)[]
}

interface Page {
  readonly limit: number
  readonly offset: number
}

/** `undefined` leaves a condition out. */
function where(conditions: readonly (readonly [string, ...(string | number)[]] | undefined)[]): Where {
  const used = conditions.filter((one) => one !== undefined)
  return {
    text: used.length === 0 ? '' : `WHERE ${used.map(([text]) => text).join(' AND ')}`,
    values: used.flatMap(([, ...values]) => values),
  }
}

const oneOf = (column: string, values: readonly string[] | undefined) =>
  values && ([`${column} IN (${values.map(() => '?').join(', ')})`, ...values] as const)

/** Words of a search, for LIKE with `\` as escape. */
const containing = (query: string) => `%${query.replace(/[\\%_]/g, '\\$&')}%`

function jobsWhere({ enabled, agent, query, kind, lastStatus }: CronJobFilter): Where {
  const words = query === undefined ? undefined : containing(query)
  return where([
    enabled === undefined ? undefined : ['enabled = ?', enabled ? 1 : 0],
    agent === undefined ? undefined : ['agent = ?', agent],
    kind === undefined ? undefined : ['kind = ?', kind],
    lastStatus === undefined ? undefined : ["coalesce(last_status, 'unknown') = ?", lastStatus],
    words === undefined
      ? undefined
      : [
          `(name LIKE ? ESCAPE '\\' OR id LIKE ? ESCAPE '\\' OR json_extract(job, '$.description') LIKE ? ESCAPE '\\')`,
          words,
          words,
          words,
        ],
  ])
}

function jobOrder({ sort, descending }: CronJobFilter): string {
  const direction = descending ? 'DESC' : 'ASC'
  const column = { nextAt: 'next_at', updatedAt: 'updated_at', name: 'name' }[sort]
  // What is never due comes last.
  return `${sort === 'nextAt' ? 'next_at IS NULL, ' : ''}${column} ${direction}, id`
}

function runsWhere({ jobId, runId, agent, statuses, deliveryStatuses, query }: CronRunFilter): Where {
  const words = query === undefined ? undefined : containing(query)
  return where([
    ["status <> 'running'"],
    jobId === undefined ? undefined : ['job_id = ?', jobId],
    runId === undefined ? undefined : ['id = ?', runId],
    agent === undefined ? undefined : ['agent = ?', agent],
    oneOf('status', statuses),
    oneOf('delivery', deliveryStatuses),
    words === undefined ? undefined : ["(job_name LIKE ? ESCAPE '\\' OR report LIKE ? ESCAPE '\\')", words, words],
  ])
}

interface RawJob {
  readonly id: string
  readonly agent: string
  readonly enabled: number
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
  readonly next_at: number | null
  readonly running_at: number | null
  readonly job: string
  readonly state: string
  readonly owner: number
}

function jobRow(raw: RawJob): CronJobRow {
  return {
    id: raw.id,
    agent: raw.agent,
    enabled: raw.enabled === 1,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    revision: raw.revision,
    nextAt: raw.next_at ?? undefined,
    runningAt: raw.running_at ?? undefined,
    job: JSON.parse(raw.job),
    state: JSON.parse(raw.state),
    owner: raw.owner === 1,
  }
}

function rawJob({
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
  owner,
}: CronJobRow) {
  return {
    ...{ id, agent, name: job.name, kind: job.schedule.kind, enabled: enabled ? 1 : 0, createdAt, updatedAt, revision },
    nextAt: nextAt ?? null,
    runningAt: runningAt ?? null,
    lastStatus: state.lastRunStatus ?? null,
    job: JSON.stringify(job),
    state: JSON.stringify(state),
    owner: owner ? 1 : 0,
  }
}

interface RawRun {
  readonly id: string
  readonly job_id: string
  readonly job_name: string
  readonly agent: string
  readonly at: number
  readonly due_at: number
  readonly status: CronRunRow['status']
  readonly ended_at: number | null
  readonly report: string | null
}

function runRow(raw: RawRun): CronRunRow {
  return {
    ...{ id: raw.id, jobId: raw.job_id, jobName: raw.job_name, agent: raw.agent },
    ...{ at: raw.at, dueAt: raw.due_at, status: raw.status },
    ...(raw.ended_at !== null && { endedAt: raw.ended_at }),
    ...(raw.report !== null && { report: JSON.parse(raw.report) }),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    put: sql(`INSERT INTO cron_jobs (id, agent, name, kind, enabled, created_at, updated_at, revision, next_at, running_at,
        last_status, job, state, owner)
      VALUES (@id, @agent, @name, @kind, @enabled, @createdAt, @updatedAt, @revision, @nextAt, @runningAt,
        @lastStatus, @job, @state, @owner)
      ON CONFLICT (id) DO UPDATE SET agent = excluded.agent, name = excluded.name, kind = excluded.kind,
        enabled = excluded.enabled, updated_at = excluded.updated_at, revision = excluded.revision,
        next_at = excluded.next_at, running_at = excluded.running_at, last_status = excluded.last_status,
        job = excluded.job, state = excluded.state`),
    get: sql('SELECT * FROM cron_jobs WHERE id = ?'),
    remove: sql('DELETE FROM cron_jobs WHERE id = ?'),
    counts: sql('SELECT count(*) AS jobs, coalesce(sum(enabled), 0) AS enabled FROM cron_jobs'),
    due: sql(`SELECT * FROM cron_jobs WHERE enabled = 1 AND next_at IS NOT NULL AND running_at IS NULL AND next_at <= ?
      ORDER BY next_at LIMIT ?`),
    next: sql(`SELECT next_at AS at FROM cron_jobs WHERE enabled = 1 AND next_at IS NOT NULL AND running_at IS NULL
      ORDER BY next_at LIMIT 1`),
    known: sql('SELECT 1 FROM cron_runs WHERE id = ?'),
    claim: sql('UPDATE cron_jobs SET running_at = ? WHERE id = ? AND running_at IS NULL'),
    dueAgain: sql('UPDATE cron_jobs SET next_at = ? WHERE id = ?'),
    declared: sql(`SELECT * FROM cron_jobs WHERE json_extract(job, '$.declarationKey') = ? LIMIT 1`),
    begin: sql(
      `INSERT INTO cron_runs (id, job_id, job_name, agent, at, due_at, status) VALUES (?, ?, ?, ?, ?, ?, 'running')`,
    ),
    end: sql(`UPDATE cron_runs SET status = @status, ended_at = @endedAt, own_session = @ownSession, delivery = @delivery,
      report = @report WHERE id = @id`),
    message: sql(outboxInsert),
    running: sql("SELECT * FROM cron_runs WHERE status = 'running' ORDER BY number"),
    trim: sql(`DELETE FROM cron_runs WHERE job_id = ? AND status <> 'running' AND own_session IS NULL AND number <=
      (SELECT number FROM cron_runs WHERE job_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`),
    sessions: sql(`SELECT own_session AS key FROM cron_runs WHERE own_session IS NOT NULL AND ended_at < ?
      ORDER BY ended_at LIMIT ?`),
    forget: sql('UPDATE cron_runs SET own_session = NULL WHERE own_session = ?'),
  }
}
