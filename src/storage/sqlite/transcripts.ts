import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { Appended, TranscriptStore } from '../types.js'
import type { Appender } from './append.js'
import { transcriptEntry } from './rows.js'

/** The first entry after the last reset, the first that the last compaction kept, and the next that will be. */
const spanQuery = `
  SELECT coalesce((SELECT max(seq) FROM transcript WHERE session_id = @id AND kind = 'reset'), -1) + 1 AS floor,
    coalesce((SELECT json_extract(body, '$.firstKept') FROM transcript
      WHERE session_id = @id AND kind = 'compaction' ORDER BY seq DESC LIMIT 1), 0) AS kept,
    coalesce((SELECT max(seq) FROM transcript WHERE session_id = @id), -1) + 1 AS next`

export function openTranscripts(
  database: Database,
  commits: GroupCommit,
  appender: Appender,
  appended: (written: Appended) => void,
): TranscriptStore {
  const sql = (text: string) => database.prepare(text)
  const idOf = sql('SELECT id FROM sessions WHERE key = ?')
  const span = sql(spanQuery)
  const range = sql(`
    SELECT seq, run_id, at, body FROM transcript WHERE session_id = ? AND seq >= ? AND seq < ? ORDER BY seq`)
  const newest = sql('SELECT seq, run_id, at, body FROM transcript WHERE session_id = ? ORDER BY seq DESC LIMIT ?')
  const one = sql('SELECT seq, run_id, at, body FROM transcript WHERE session_id = ? AND seq = ?')

  const current = (key: string) => (idOf.get(key) as { id: string } | undefined)?.id
  const spanOf = (id: string) => span.get({ id }) as { floor: number; kept: number; next: number }
  const between = (id: string, from: number, to: number) => range.all(id, from, to).map(transcriptEntry)

  return {
    async append(entry) {
      const written = await commits.write(() => appender.append(entry))
      if (written) appended(written)
      return written
    },
    current: (key) =>
      commits.read(() => {
        const id = current(key)
        if (id === undefined) return []
        const { floor, kept, next } = spanOf(id)
        return between(id, Math.max(floor, kept), next)
      }),
    sinceReset: (key) =>
      commits.read(() => {
        const id = current(key)
        if (id === undefined) return []
        const { floor, next } = spanOf(id)
        return between(id, floor, next)
      }),
    tail: (key, limit) =>
      commits.read(() => {
        const id = current(key)
        return id === undefined ? [] : newest.all(id, limit).map(transcriptEntry).reverse()
      }),
    page: (id, { limit, offset }) =>
      commits.read(() => {
        const { floor, next } = spanOf(id)
        const to = Math.max(next - offset, floor)
        return { entries: between(id, Math.max(to - limit, floor), to), total: next - floor }
      }),
    entry: (id, seq) =>
      commits.read(() => {
        const raw = one.get(id, seq)
        return raw === undefined ? undefined : transcriptEntry(raw)
      }),
  }
}
