import type { ModelMessage } from '../../../schemas/message.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { ResponseRow, ResponseStore, StoredEvent } from '../response-types.js'

/** OpenAI keeps responses for 30 days. */
const keptMs = 30 * 24 * 60 * 60 * 1000
/** Turns that one conversation may go back. */
const maxTurns = 1_000

interface Row {
  id: string
  previous_id: string | null
  owner: string
  at: number
  response: string
  input: string
  messages: string
}

/** Responses in the embedded store. Statements are prepared when the first is used. */
export function openResponses(database: Database, commits: GroupCommit): ResponseStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  return {
    put: (row, events = []) =>
      commits.write(() => {
        const { id, previousId, owner, at, response, input, messages } = row
        sql().forget.run(at - keptMs)
        sql().put.run(id, previousId ?? null, owner, at, response, input, JSON.stringify(messages))
        for (const { number, type, json } of events) sql().putEvent.run(id, number, type, json)
      }),
    update: (row, events = []) =>
      commits.write(() => {
        const { id, response, messages } = row
        if (sql().update.run(response, JSON.stringify(messages), id).changes === 0) return
        for (const { number, type, json } of events) sql().putEvent.run(id, number, type, json)
      }),
    get: (id, owner) => commits.read(() => rowOf(sql().get.get(id, owner))),
    conversation: (id, owner) => commits.read(() => conversationOf(sql().chain.all(id, owner, owner, maxTurns))),
    events: (id, after) => commits.read(() => sql().events.all(id, after) as StoredEvent[]),
    delete: (id, owner) => commits.write(() => sql().delete.run(id, owner).changes > 0),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    put: sql('INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?, ?)'),
    update: sql('UPDATE responses SET response = ?, messages = ? WHERE id = ?'),
    putEvent: sql('INSERT OR REPLACE INTO response_events VALUES (?, ?, ?, ?)'),
    get: sql('SELECT * FROM responses WHERE id = ? AND owner = ?'),
    chain: sql(`
      WITH RECURSIVE chain (previous_id, messages, depth) AS (
        SELECT previous_id, messages, 1 FROM responses WHERE id = ? AND owner = ?
        UNION ALL
        SELECT older.previous_id, older.messages, depth + 1 FROM responses AS older
          JOIN chain ON older.id = chain.previous_id WHERE older.owner = ? AND depth < ?)
      SELECT previous_id, messages FROM chain ORDER BY depth DESC`),
    events: sql('SELECT number, type, json FROM response_events WHERE response_id = ? AND number > ? ORDER BY number'),
    delete: sql('DELETE FROM responses WHERE id = ? AND owner = ?'),
    forget: sql('DELETE FROM responses WHERE id IN (SELECT id FROM responses WHERE at < ? ORDER BY at LIMIT 8)'),
  }
}

function rowOf(row: unknown): ResponseRow | undefined {
  if (row === undefined) return undefined
  const { id, previous_id: previousId, owner, at, response, input, messages } = row as Row
  return { id, previousId: previousId ?? undefined, owner, at, response, input, messages: JSON.parse(messages) }
}

/** Oldest first. The oldest must be the beginning. */
function conversationOf(rows: readonly unknown[]): readonly ModelMessage[] | undefined {
  const turns = rows as readonly Pick<Row, 'previous_id' | 'messages'>[]
  if (turns.length === 0 || turns[0]?.previous_id !== null) return undefined
  return turns.flatMap(({ messages }) => JSON.parse(messages) as ModelMessage[])
}
