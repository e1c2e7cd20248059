import { randomUUID } from 'node:crypto'
import type { Database } from '../database.js'
import type { Appended, SessionPlace, TranscriptAppend } from '../types.js'
import { searchText, wordsOf } from './preview.js'

export interface Appender {
  /** Appends in the caller's transaction. Makes the session when it is new; undefined when there is nothing to append. */
  append(entry: TranscriptAppend): Appended | undefined
  /** The same, but never brings a session back that was deleted. */
  appendToKnown(entry: TranscriptAppend): Appended | undefined
  /** Makes the session when it is new, and notes that somebody began a turn, unless it is quiet. */
  touch(session: SessionPlace, quiet?: boolean): void
}

interface Touched {
  key: string
  id: string
  next_seq: number
  title: string | null
  entry: string
}

const noWords = { title: null, preview: null }

/** Writes transcript entries, and what lists show of them. */
export function createAppender(database: Database): Appender {
  const returned = 'RETURNING key, id, next_seq, title, entry'
  const upsert = database.prepare(`
    INSERT INTO sessions
      (key, id, agent, created_at, started_at, updated_at, interacted_at, next_seq, entry, preview, search)
    VALUES (@key, @id, @agent, @at, @at, @at, @at, @count, '{}', @preview, @search)
    ON CONFLICT (key) DO UPDATE SET updated_at = CASE WHEN @quiet THEN updated_at ELSE excluded.updated_at END,
      next_seq = next_seq + excluded.next_seq,
      preview = coalesce(excluded.preview, preview) ${returned}`)
  const touch = database.prepare(`
    UPDATE sessions SET updated_at = CASE WHEN @quiet THEN updated_at ELSE @at END, next_seq = next_seq + @count, preview = coalesce(@preview, preview)
    WHERE key = @key ${returned}`)
  const insert = database.prepare(
    'INSERT INTO transcript (session_id, seq, run_id, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const compacted = database.prepare(
    'UPDATE sessions SET compactions = compactions + 1, context_tokens = @tokensAfter WHERE key = @key',
  )
  const entitle = database.prepare('UPDATE sessions SET title = ?, search = ? WHERE key = ?')

  function write(entry: TranscriptAppend, create: boolean): Appended | undefined {
    const { sessionKey: key, agent, runId, at, bodies, quiet = false } = entry
    if (bodies.length === 0) return undefined
    const { title, preview } = quiet ? noWords : wordsOf(bodies)
    const change = { key, at, count: bodies.length, preview, quiet: quiet ? 1 : 0 }
    const row = (
      create ? upsert.get({ ...change, agent, id: randomUUID(), search: searchText(key) }) : touch.get(change)
    ) as Touched | undefined
    if (!row) return undefined
    const first = row.next_seq - bodies.length
    const entries = bodies.map((body, index) => ({ seq: first + index, runId, at, body }))
    for (const { seq, body } of entries) insert.run(row.id, seq, runId, at, body.kind, JSON.stringify(body))
    for (const body of bodies) if (body.kind === 'compaction') compacted.run({ key, tokensAfter: body.tokensAfter })
    if (row.title === null && title !== null) entitle.run(title, searchOf(row, title), key)
    return { sessionKey: key, sessionId: row.id, agent, entries }
  }

  const begin = database.prepare(`
    INSERT INTO sessions (key, id, agent, created_at, started_at, updated_at, interacted_at, next_seq, entry, search)
    VALUES (@key, @id, @agent, @at, @at, @at, @at, 0, '{}', @search)
    ON CONFLICT (key) DO UPDATE SET interacted_at = CASE WHEN @quiet THEN interacted_at ELSE excluded.interacted_at END`)

  return {
    touch: ({ key, agent, at }, quiet = false) =>
      void begin.run({ key, agent, at, id: randomUUID(), search: searchText(key), quiet: quiet ? 1 : 0 }),
    append: (entry) => write(entry, true),
    appendToKnown: (entry) => write(entry, false),
  }
}

function searchOf({ key, entry }: Touched, title: string): string {
  const { label, displayName } = JSON.parse(entry) as { label?: string; displayName?: string }
  return searchText(key, label, displayName, title)
}
