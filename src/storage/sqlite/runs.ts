import type { Usage } from '../../../schemas/message.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { Appended, RunAccept, RunEnd, RunRow, RunStart, RunStore, TranscriptAppend, UsageSum } from '../types.js'
import type { Appender } from './append.js'
import { pendingRun, runRow } from './rows.js'

const dayMs = 86_400_000
/** The agent looks around by itself: nobody has spoken to its session. */
const isQuiet = (origin: string) => origin === 'heartbeat'

export function openRuns(
  database: Database,
  commits: GroupCommit,
  appender: Appender,
  appended: (written: Appended) => void,
): RunStore {
  const sql = prepare(database)
  const written = (...all: (Appended | undefined)[]) => {
    const entries = all.filter((one) => one !== undefined)
    for (const one of entries) appended(one)
    return entries
  }

  function accept({ id, sessionKey, agent, origin, at, input }: RunAccept): RunRow | undefined {
    const known = runRow(sql.byId.get(id))
    if (known) return known
    sql.accept.run(id, sessionKey, agent, origin, at, JSON.stringify(input))
    appender.touch({ key: sessionKey, agent, at }, isQuiet(origin))
    return undefined
  }

  function start(run: RunStart, input: readonly TranscriptAppend[], told?: number, joins: readonly string[] = []) {
    const { id, sessionKey, agent, origin, model, at } = run
    const begun = sql.start.run({ id, sessionKey, agent, origin, model, at })
    if (begun.changes === 0) throw new Error(`The run ${id} has begun before.`)
    const entries = input.map((one) => appender.append(one))
    if (told !== undefined) sql.told.run(sessionKey, told)
    for (const guest of joins) sql.join.run({ id: guest, host: id })
    sql.sessionStart.run({ id, sessionKey, at, quiet: isQuiet(origin) ? 1 : 0 })
    return entries
  }

  function join(id: string, input: readonly TranscriptAppend[], joins: readonly string[]) {
    for (const guest of joins) sql.join.run({ id: guest, host: id })
    return input.map((one) => appender.appendToKnown(one))
  }

  function end({ id, status, at, model, usage, contextTokens, cost, error, append }: RunEnd) {
    const spent = { input: usage?.input ?? 0, output: usage?.output ?? 0, cost: cost ?? null }
    const tokens = usage ? tokensOf(usage) : noTokens
    const row = sql.end.get({
      id,
      status,
      at,
      model: model ?? null,
      error: error ?? null,
      cost: cost ?? null,
      ...tokens,
    }) as { session_key: string } | undefined
    if (!row) return undefined
    sql.endJoined.run({ id, status, at, error: error ?? null })
    const context = contextTokens ?? (usage ? usage.input + usage.output : null)
    sql.sessionEnd.run({ id, key: row.session_key, status, at, error: error ?? null, context, ...spent })
    return append && appender.appendToKnown(append)
  }

  return {
    accept: (run) => commits.write(() => accept(run)),
    start: async (run, input, told, joins) => {
      const all = Array.isArray(input) ? (input as readonly TranscriptAppend[]) : [input as TranscriptAppend]
      return written(...(await commits.write(() => start(run, all, told, joins))))
    },
    join: async (id, input, joins) => written(...(await commits.write(() => join(id, input, joins)))),
    append: async (entries) => written(await commits.write(() => appender.appendToKnown(entries))),
    end: async (run) => void written(await commits.write(() => end(run))),
    get: (id) => commits.read(() => runRow(sql.byId.get(id))),
    blank: (id) => commits.write(() => sql.blank.run({ id }).changes > 0),
    pending: (key, limit) => commits.read(() => sql.pending.all({ key, limit }).map(pendingRun)),
    usage: ({ from, to, agent, sessionKey }, offset) =>
      commits.read(() => {
        const filter = { from, to, offset, dayMs, agent: agent ?? null, key: sessionKey ?? null }
        return (sessionKey === undefined ? sql.usage : sql.usageOfSession).all(filter).map(usageSum)
      }),
  }
}

const noTokens = { input: null, output: null, cacheRead: null, cacheWrite: null }

function tokensOf({ input, output, cacheRead, cacheWrite = 0 }: Usage) {
  return { input, output, cacheRead, cacheWrite }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  const usage = (where: string) => `
    SELECT session_key, agent, model, CAST((started_at - @offset) / @dayMs AS INTEGER) AS day, count(*) AS runs,
      sum(status IN ('error', 'interrupted')) AS errors, coalesce(sum(input_tokens), 0) AS input,
      coalesce(sum(output_tokens), 0) AS output, coalesce(sum(cache_read_tokens), 0) AS cache_read,
      coalesce(sum(cache_write_tokens), 0) AS cache_write,
      coalesce(sum(cost), 0) AS cost, sum(cost IS NULL AND input_tokens IS NOT NULL) AS without_price
    FROM runs WHERE ${where} status <> 'queued' AND joined IS NULL
      AND started_at >= @from AND started_at < @to AND (@agent IS NULL OR agent = @agent)
    GROUP BY session_key, agent, model, day ORDER BY day, session_key, model`
  return {
    byId: sql('SELECT * FROM runs WHERE id = ?'),
    accept: sql(`
      INSERT INTO runs (id, session_key, agent, origin, model, status, started_at, input)
      VALUES (?, ?, ?, ?, '', 'queued', ?, ?)`),
    start: sql(`
      INSERT INTO runs (id, session_key, agent, origin, model, status, started_at)
      VALUES (@id, @sessionKey, @agent, @origin, @model, 'running', @at)
      ON CONFLICT (id) DO UPDATE SET status = 'running', model = @model, started_at = @at, input = NULL
      WHERE status = 'queued' AND session_key = @sessionKey`),
    told: sql('DELETE FROM system_events WHERE session_key = ? AND id <= ?'),
    join: sql(`
      UPDATE runs SET status = 'running', joined = @host, input = NULL,
        model = coalesce((SELECT model FROM runs WHERE id = @host), '') WHERE id = @id AND status = 'queued'`),
    endJoined: sql(`
      UPDATE runs SET status = @status, ended_at = @at, error = @error WHERE joined = @id AND status = 'running'`),
    sessionStart: sql(`
      UPDATE sessions SET interacted_at = CASE WHEN @quiet THEN interacted_at ELSE @at END, run_id = @id, run_status = 'running', run_started_at = @at,
        run_ended_at = NULL, run_error = NULL WHERE key = @sessionKey`),
    end: sql(`
      UPDATE runs SET status = @status, ended_at = @at, model = coalesce(@model, model), error = @error,
        input_tokens = @input, output_tokens = @output,
        cache_read_tokens = @cacheRead, cache_write_tokens = @cacheWrite, cost = @cost WHERE id = @id AND status IN ('queued', 'running')
      RETURNING session_key`),
    sessionEnd: sql(`
      UPDATE sessions SET
        run_status = CASE WHEN run_id = @id THEN @status ELSE run_status END,
        run_ended_at = CASE WHEN run_id = @id THEN @at ELSE run_ended_at END,
        run_error = CASE WHEN run_id = @id THEN @error ELSE run_error END,
        input_tokens = input_tokens + @input, output_tokens = output_tokens + @output,
        context_tokens = coalesce(@context, context_tokens),
        cost = CASE WHEN @cost IS NULL THEN cost ELSE coalesce(cost, 0) + @cost END
      WHERE key = @key`),
    // A question and its answer: with notices or tool calls there is more to it.
    blank: sql(`
      UPDATE transcript SET kind = 'nothing', body = '{"kind":"nothing"}'
      WHERE session_id = (SELECT sessions.id FROM runs JOIN sessions ON sessions.key = runs.session_key WHERE runs.id = @id)
        AND run_id = @id AND (SELECT count(*) FROM transcript AS one
          WHERE one.session_id = transcript.session_id AND one.run_id = @id) <= 2`),
    pending: sql(`
      SELECT id, started_at, status, input FROM runs WHERE session_key = @key AND input IS NOT NULL
        AND (status = 'queued' OR status = 'interrupted' AND started_at >=
          coalesce((SELECT coalesce(run_started_at, started_at) FROM sessions WHERE key = @key), 0))
      ORDER BY started_at, id LIMIT @limit`),
    usage: sql(usage('@key IS NULL AND')),
    usageOfSession: sql(usage('session_key = @key AND')),
  }
}

function usageSum(raw: unknown): UsageSum {
  const row = raw as Omit<UsageSum, 'sessionKey' | 'cacheRead' | 'cacheWrite' | 'withoutPrice'> & {
    session_key: string
    cache_read: number
    cache_write: number
    without_price: number
  }
  return {
    sessionKey: row.session_key,
    agent: row.agent,
    model: row.model,
    day: row.day,
    runs: row.runs,
    errors: row.errors,
    input: row.input,
    output: row.output,
    cacheRead: row.cache_read,
    cacheWrite: row.cache_write,
    cost: row.cost,
    withoutPrice: row.without_price,
  }
}
