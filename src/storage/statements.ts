import type { Database } from './database.js'
import type { RunRow, RunStatus, SessionRow, TranscriptBody, TranscriptEntry } from './types.js'

export type Statements = ReturnType<typeof prepareStatements>

/** Every statement of the embedded store, prepared once. */
export function prepareStatements(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    sessionByKey: sql('SELECT * FROM sessions WHERE key = ?'),
    sessionPage: sql(
      'SELECT * FROM sessions WHERE (updated_at, key) < (?, ?) ORDER BY updated_at DESC, key DESC LIMIT ?',
    ),
    sessionPageOfAgent: sql(
      'SELECT * FROM sessions WHERE agent = ? AND (updated_at, key) < (?, ?) ORDER BY updated_at DESC, key DESC LIMIT ?',
    ),
    sessionCount: sql('SELECT count(*) AS total FROM sessions'),
    sessionCountOfAgent: sql('SELECT count(*) AS total FROM sessions WHERE agent = ?'),
    sessionDelete: sql('DELETE FROM sessions WHERE key = ?'),
    sessionTouch: sql(`
      INSERT INTO sessions (key, id, agent, created_at, updated_at, next_seq) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at, next_seq = next_seq + excluded.next_seq
      RETURNING id, next_seq`),
    transcriptInsert: sql('INSERT INTO transcript (session_id, seq, run_id, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)'),
    transcriptDelete: sql('DELETE FROM transcript WHERE session_id = (SELECT id FROM sessions WHERE key = ?)'),
    transcriptCurrent: sql(`
      SELECT seq, run_id, at, body FROM transcript
      WHERE session_id = (SELECT id FROM sessions WHERE key = ?)
        AND seq > coalesce((SELECT max(seq) FROM transcript
          WHERE session_id = (SELECT id FROM sessions WHERE key = ?) AND kind = 'reset'), -1)
      ORDER BY seq`),
    transcriptTail: sql(`
      SELECT seq, run_id, at, body FROM transcript
      WHERE session_id = (SELECT id FROM sessions WHERE key = ?) ORDER BY seq DESC LIMIT ?`),
    runInsert: sql(`
      INSERT INTO runs (id, session_key, agent, origin, model, status, started_at)
      VALUES (?, ?, ?, ?, ?, 'running', ?)`),
    runEnd: sql('UPDATE runs SET status = ?, ended_at = ?, usage = ?, error = ? WHERE id = ?'),
    runById: sql('SELECT * FROM runs WHERE id = ?'),
    interruptRuns: sql("UPDATE runs SET status = 'interrupted', ended_at = ? WHERE status = 'running'"),
  }
}

interface RawSession {
  key: string
  id: string
  agent: string
  created_at: number
  updated_at: number
}

export function sessionRow(raw: unknown): SessionRow | undefined {
  if (raw === undefined) return undefined
  const { key, id, agent, created_at: createdAt, updated_at: updatedAt } = raw as RawSession
  return { key, id, agent, createdAt, updatedAt }
}

export function transcriptEntry(raw: unknown): TranscriptEntry {
  const { seq, run_id: runId, at, body } = raw as { seq: number; run_id: string; at: number; body: string }
  return { seq, runId, at, body: JSON.parse(body) as TranscriptBody }
}

interface RawRun {
  id: string
  session_key: string
  agent: string
  origin: string
  model: string
  status: RunStatus
  started_at: number
  ended_at: number | null
  error: string | null
}

export function runRow(raw: unknown): RunRow | undefined {
  if (raw === undefined) return undefined
  const row = raw as RawRun
  return {
    id: row.id,
    sessionKey: row.session_key,
    agent: row.agent,
    origin: row.origin,
    model: row.model,
    status: row.status,
    at: row.started_at,
    endedAt: row.ended_at ?? undefined,
    error: row.error ?? undefined,
  }
}
