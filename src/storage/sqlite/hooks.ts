import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { HookCallRow, HookKey, HookStore, KnownHookCall } from '../hook-types.js'
import { outboxInsert } from './outbox-insert.js'
import { eventWriter } from './system-events.js'

/** Keys that are remembered at once (spec/runtime.md section 7). */
const maxKeys = 1_000

/** Calls of hooks. Statements are prepared when the first is used: a gateway without hooks needs none of them. */
export function openHooks(database: Database, commits: GroupCommit): HookStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const forgetOld = (now: number) => {
    sql().expireKeys.run(now)
    sql().drop.run()
  }
  const take = (row: HookCallRow, given: HookKey | undefined): KnownHookCall | undefined => {
    forgetOld(row.at)
    const known = given && (sql().known.get(given.key) as RawKnown | undefined)
    if (known) return { id: known.id, fingerprint: known.fingerprint, request: JSON.parse(known.request) }
    sql().take.run({
      ...{ id: row.id, at: row.at, agent: row.agent, sessionKey: row.sessionKey, lane: row.lane },
      ...{ own: row.own ? 1 : 0, request: JSON.stringify(row.request), runId: row.runId },
      ...{ key: given?.key ?? null, fingerprint: given?.fingerprint ?? null, keepMs: given?.keepMs ?? 0 },
    })
    if (given) sql().trimKeys.run(maxKeys)
    return undefined
  }
  let writer: ReturnType<typeof eventWriter> | undefined
  const push = () => {
    writer ??= eventWriter(database)
    return writer
  }
  return {
    awaited: () => commits.read(() => database.prepare(awaited).get() !== undefined),
    take: (row, key) => commits.write(() => take(row, key)),
    tell: (row, key, words, limits) =>
      commits.write(() => {
        const known = take(row, key)
        if (known) return known
        push()(words, limits)
        sql().end.run({ status: 'ok', at: row.at, id: row.id })
        return undefined
      }),
    open: () =>
      commits.read(() =>
        (sql().open.all() as Pick<HookCallRow, 'id' | 'lane'>[]).map(({ id, lane }) => ({ id, lane })),
      ),
    get: (id) =>
      commits.read(() => {
        const raw = sql().get.get(id) as RawCall | undefined
        return raw && callRow(raw)
      }),
    retry: (id, runId) => commits.write(() => void sql().retry.run(runId, id)),
    end: (id, { status, at }, { messages, events }, limits) =>
      commits.write(() => {
        sql().end.run({ status, at, id })
        for (const event of events) push()(event, limits)
        for (const message of messages) sql().message.run({ ...message, at })
      }),
    sessionsBefore: (at, limit) =>
      commits.read(() => (sql().sessions.all(at, limit) as { readonly key: string }[]).map(({ key }) => key)),
    forget: (keys) =>
      commits.write(() => {
        for (const key of keys) sql().forget.run(key)
      }),
  }
}

const awaited = "SELECT 1 FROM hook_calls WHERE status = 'open' LIMIT 1"

interface RawKnown {
  readonly id: string
  readonly fingerprint: string
  readonly request: string
}

interface RawCall {
  readonly id: string
  readonly at: number
  readonly agent: string
  readonly session_key: string
  readonly lane: string
  readonly own: number
  readonly request: string
  readonly run_id: string
  readonly attempts: number
}

function callRow(raw: RawCall): HookCallRow {
  return {
    ...{ id: raw.id, at: raw.at, agent: raw.agent, sessionKey: raw.session_key, lane: raw.lane, own: raw.own === 1 },
    ...{ request: JSON.parse(raw.request), runId: raw.run_id, attempts: raw.attempts },
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    known: sql('SELECT id, fingerprint, request FROM hook_calls WHERE key = ?'),
    take: sql(`INSERT INTO hook_calls (id, at, agent, session_key, lane, own, request, run_id, key, fingerprint, keep_ms)
      VALUES (@id, @at, @agent, @sessionKey, @lane, @own, @request, @runId, @key, @fingerprint, @keepMs)`),
    trimKeys: sql(`UPDATE hook_calls SET key = NULL WHERE key IS NOT NULL AND status <> 'open' AND number <=
      (SELECT number FROM hook_calls WHERE key IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?)`),
    expireKeys: sql('UPDATE hook_calls SET key = NULL WHERE key IS NOT NULL AND key_until <= ?'),
    // What is done with stays for its key, and for the session that was made for it.
    drop: sql("DELETE FROM hook_calls WHERE status <> 'open' AND key IS NULL AND own = 0"),
    open: sql("SELECT id, lane FROM hook_calls WHERE status = 'open' ORDER BY number"),
    get: sql('SELECT * FROM hook_calls WHERE id = ?'),
    retry: sql('UPDATE hook_calls SET run_id = ?, attempts = attempts + 1 WHERE id = ?'),
    end: sql(`UPDATE hook_calls SET status = @status, ended_at = @at, key_until = @at + keep_ms
      WHERE id = @id AND status = 'open'`),
    message: sql(outboxInsert),
    sessions: sql('SELECT session_key AS key FROM hook_calls WHERE own = 1 AND ended_at < ? ORDER BY ended_at LIMIT ?'),
    forget: sql('UPDATE hook_calls SET own = 0 WHERE session_key = ? AND own = 1'),
  }
}
