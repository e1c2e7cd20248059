import { randomUUID } from 'node:crypto'
import type { SessionEntry } from '../../../schemas/session.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { SessionChange, SessionPlace, SessionRow, SessionStore } from '../types.js'
import { searchText } from './preview.js'
import { pastTranscript, sessionColumns, sessionRow } from './rows.js'
import { countQuery, pageQuery, type Query } from './session-query.js'

export function openSessions(database: Database, commits: GroupCommit): SessionStore {
  const sql = prepare(database)
  const queries = new Map<string, ReturnType<Database['prepare']>>()
  /** Filters have few shapes, so there are few statements. */
  const prepared = (text: string) => {
    const known = queries.get(text) ?? database.prepare(text)
    queries.set(text, known)
    return known
  }
  const rows = ({ sql: text, values }: Query) => prepared(text).all(...values)
  const find = (key: string) => sessionRow(sql.byKey.get(key))

  function put({ key, agent, at }: SessionPlace, edit: (row: SessionRow | undefined) => SessionEntry): SessionRow {
    const before = find(key)
    const entry = edit(before)
    const columns = columnsOf(key, entry, before?.title)
    if (before) sql.edit.run({ key, ...columns })
    else sql.make.run({ key, agent, at, id: randomUUID(), ...columns })
    return find(key) as SessionRow
  }

  function reset(key: string, { at, reason, check }: SessionChange): SessionRow | undefined {
    const row = find(key)
    if (!row) return undefined
    check?.(row)
    sql.keepPast.run(row.id, key, row.agent, row.startedAt, at, reason, row.entries)
    sql.restart.run({ key, at, id: randomUUID(), search: columnsOf(key, row.entry, undefined).search })
    return find(key)
  }

  function remove(key: string, { at, reason, check, keep }: Parameters<SessionStore['delete']>[1]) {
    const row = find(key)
    if (!row) return undefined
    check?.(row)
    if (keep) sql.keepPast.run(row.id, key, row.agent, row.startedAt, at, reason, row.entries)
    sql.remove.run(key)
    if (keep) return sql.pastOf.all(key).map((raw) => pastTranscript(raw).id)
    sql.removeEntries.run(row.id)
    sql.removePastEntries.run(key)
    sql.removePast.run(key)
    sql.forgetInput.run(key)
    return []
  }

  return {
    get: (key) => commits.read(() => find(key)),
    byId: (id) => commits.read(() => sessionRow(sql.byId.get(id))),
    byIdPrefix: (prefix, limit) =>
      commits.read(() =>
        sql.byIdRange.all(prefix, `${prefix}\u{10ffff}`, limit).flatMap((raw) => sessionRow(raw) ?? []),
      ),
    list: (page) => commits.read(() => rows(pageQuery(page)).flatMap((row) => sessionRow(row) ?? [])),
    count: (filter = {}) => commits.read(() => Number((rows(countQuery(filter))[0] as { total: number }).total)),
    categories: () => commits.read(() => sql.categories.all().map((row) => (row as { category: string }).category)),
    put: (place, edit) => commits.write(() => put(place, edit)),
    reset: (key, change) => commits.write(() => reset(key, change)),
    delete: (key, change) => commits.write(() => remove(key, change)),
    past: (key) => commits.read(() => sql.pastOf.all(key).map(pastTranscript)),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    byKey: sql(`SELECT ${sessionColumns} FROM sessions WHERE key = ?`),
    byId: sql(`SELECT ${sessionColumns} FROM sessions WHERE id = ?`),
    byIdRange: sql(`SELECT ${sessionColumns} FROM sessions WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`),
    categories: sql('SELECT DISTINCT category FROM sessions WHERE category IS NOT NULL ORDER BY category'),
    make: sql(`
      INSERT INTO sessions (key, id, agent, created_at, started_at, updated_at, interacted_at, next_seq,
        entry, label, category, parent, archived, search)
      VALUES (@key, @id, @agent, @at, @at, @at, @at, 0, @entry, @label, @category, @parent, @archived, @search)`),
    edit: sql(`
      UPDATE sessions SET entry = @entry, label = @label, category = @category, parent = @parent,
        archived = @archived, search = @search WHERE key = @key`),
    restart: sql(`
      UPDATE sessions SET previous_id = id, id = @id, started_at = @at, updated_at = @at, next_seq = 0, search = @search,
        title = NULL, preview = NULL, input_tokens = 0, output_tokens = 0, context_tokens = NULL, cost = NULL, compactions = 0,
        run_id = NULL, run_status = NULL, run_started_at = NULL, run_ended_at = NULL, run_error = NULL
      WHERE key = @key`),
    remove: sql('DELETE FROM sessions WHERE key = ?'),
    removeEntries: sql('DELETE FROM transcript WHERE session_id = ?'),
    keepPast: sql('INSERT INTO past_transcripts VALUES (?, ?, ?, ?, ?, ?, ?)'),
    pastOf: sql('SELECT * FROM past_transcripts WHERE key = ? ORDER BY ended_at DESC, id'),
    forgetInput: sql('UPDATE runs SET input = NULL WHERE session_key = ? AND input IS NOT NULL'),
    removePast: sql('DELETE FROM past_transcripts WHERE key = ?'),
    removePastEntries: sql(
      'DELETE FROM transcript WHERE session_id IN (SELECT id FROM past_transcripts WHERE key = ?)',
    ),
  }
}

/** The entry, and the columns that queries need of it. */
function columnsOf(key: string, entry: SessionEntry, title: string | undefined) {
  return {
    entry: JSON.stringify(entry),
    label: entry.label ?? null,
    category: entry.category ?? null,
    parent: entry.parentSessionKey ?? null,
    archived: entry.archivedAt === undefined ? 0 : 1,
    search: searchText(key, entry.label, entry.displayName, title),
  }
}
