import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { HeartbeatState, HeartbeatStore } from '../heartbeat-types.js'
import { outboxInsert } from './outbox-insert.js'

/** Statements are prepared when the first is used: a gateway that has just started needs none of them. */
export function openHeartbeats(database: Database, commits: GroupCommit): HeartbeatStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const state = (raw: unknown): HeartbeatState | undefined =>
    raw === undefined ? undefined : JSON.parse((raw as { readonly state: string }).state)
  return {
    get: (agent) => commits.read(() => state(sql().get.get(agent))),
    put: (agent, next, messages = []) =>
      commits.write(() => {
        sql().put.run(agent, JSON.stringify(next), next.last?.ts ?? 0)
        for (const message of messages) sql().message.run({ ...message, at: next.last?.ts ?? next.lastAt })
      }),
    last: () => commits.read(() => state(sql().last.get())?.last),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    get: sql('SELECT state FROM heartbeats WHERE agent = ?'),
    put: sql(`INSERT INTO heartbeats (agent, state, ended_at) VALUES (?, ?, ?)
      ON CONFLICT (agent) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at`),
    last: sql('SELECT state FROM heartbeats WHERE ended_at > 0 ORDER BY ended_at DESC LIMIT 1'),
    message: sql(outboxInsert),
  }
}
