import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { SystemEvent, SystemEventLimits, SystemEventStore, WakeMode } from '../types.js'

interface RawEvent {
  readonly id: number
  readonly session_key: string
  readonly text: string
  readonly wake: WakeMode
  readonly at: number
}

/** Writes one event, within a transaction of the caller. */
export function eventWriter(database: Database) {
  const sql = {
    last: database.prepare('SELECT * FROM system_events WHERE session_key = ? ORDER BY id DESC LIMIT 1'),
    repeat: database.prepare('UPDATE system_events SET at = ?, wake = ? WHERE id = ?'),
    insert: database.prepare('INSERT INTO system_events (session_key, text, wake, at) VALUES (?, ?, ?, ?)'),
    trimSession: database.prepare(`
      DELETE FROM system_events WHERE session_key = ? AND id NOT IN
        (SELECT id FROM system_events WHERE session_key = ? ORDER BY id DESC LIMIT ?)`),
    trimAll: database.prepare(`
      DELETE FROM system_events WHERE id <= (SELECT id FROM system_events ORDER BY id DESC LIMIT 1 OFFSET ?)`),
  }
  return ({ sessionKey, text, wake, at }: SystemEvent, { perSession, total }: SystemEventLimits): void => {
    const last = sql.last.get(sessionKey) as RawEvent | undefined
    if (last?.text === text) {
      sql.repeat.run(at, last.wake === 'now' ? 'now' : wake, last.id)
      return
    }
    sql.insert.run(sessionKey, text, wake, at)
    sql.trimSession.run(sessionKey, sessionKey, perSession)
    sql.trimAll.run(total)
  }
}

export function openSystemEvents(database: Database, commits: GroupCommit): SystemEventStore {
  const push = eventWriter(database)
  const sql = {
    of: database.prepare('SELECT * FROM system_events WHERE session_key = ? ORDER BY id'),
    woken: database.prepare(`SELECT DISTINCT session_key FROM system_events WHERE wake = 'now' LIMIT 100`),
    newest: database.prepare('SELECT * FROM system_events ORDER BY id DESC LIMIT ?'),
  }

  return {
    push: (event, limits) => commits.write(() => push(event, limits)),
    of: (key) =>
      commits.read(() => (sql.of.all(key) as RawEvent[]).map((event) => ({ ...systemEvent(event), id: event.id }))),
    woken: () =>
      commits.read(() => (sql.woken.all() as { readonly session_key: string }[]).map((row) => row.session_key)),
    pending: (limit) => commits.read(() => (sql.newest.all(limit) as RawEvent[]).map(systemEvent).reverse()),
  }
}

function systemEvent({ session_key: sessionKey, text, wake, at }: RawEvent): SystemEvent {
  return { sessionKey, text, wake, at }
}
