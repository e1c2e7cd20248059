import { randomUUID } from 'node:crypto'
import { closeDatabase, openDatabase } from './database.js'
import { createDeviceStores } from './device-stores.js'
import { GroupCommit } from './group-commit.js'
import { prepareStatements, runRow, type Statements, sessionRow, transcriptEntry } from './statements.js'
import type { RunEnd, RunStart, Store, TranscriptAppend } from './types.js'

/**
 * The embedded store. Runs that a crash left as `running` are marked `interrupted` here, once, at open: nothing is
 * replayed silently.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const database = await openDatabase(path)
  const sql = prepareStatements(database)
  const commits = new GroupCommit(database, path)
  sql.interruptRuns.run(Date.now())

  return {
    sessions: {
      get: (key) => commits.read(() => sessionRow(sql.sessionByKey.get(key))),
      list: ({ limit, agent, before }) => {
        const at = before?.updatedAt ?? Number.MAX_SAFE_INTEGER
        const key = before?.key ?? ''
        const rows = () =>
          agent === undefined ? sql.sessionPage.all(at, key, limit) : sql.sessionPageOfAgent.all(agent, at, key, limit)
        return commits.read(() => rows().flatMap((row) => sessionRow(row) ?? []))
      },
      count: (agent) =>
        commits.read(() => {
          const row = agent === undefined ? sql.sessionCount.get() : sql.sessionCountOfAgent.get(agent)
          return Number((row as { total: number }).total)
        }),
      delete: (key) =>
        commits.write(() => {
          sql.transcriptDelete.run(key)
          return sql.sessionDelete.run(key).changes > 0
        }),
    },
    transcripts: {
      append: (entry) => commits.write(() => append(sql, entry)),
      current: (key) => commits.read(() => sql.transcriptCurrent.all(key, key).map(transcriptEntry)),
      tail: (key, limit) => commits.read(() => sql.transcriptTail.all(key, limit).map(transcriptEntry).reverse()),
    },
    runs: {
      start: (run, input) => commits.write(() => startRun(sql, run, input)),
      end: (run) => commits.write(() => endRun(sql, run)),
      get: (id) => commits.read(() => runRow(sql.runById.get(id))),
    },
    ...createDeviceStores(database, commits),
    async close() {
      await commits.close()
      closeDatabase(database)
    },
  }
}

function append(sql: Statements, { sessionKey, agent, runId, at, bodies }: TranscriptAppend): void {
  if (bodies.length === 0) return
  const row = sql.sessionTouch.get(sessionKey, randomUUID(), agent, at, at, bodies.length) as {
    id: string
    next_seq: number
  }
  let seq = row.next_seq - bodies.length
  for (const body of bodies) {
    sql.transcriptInsert.run(row.id, seq, runId, at, body.kind, JSON.stringify(body))
    seq += 1
  }
}

function startRun(sql: Statements, run: RunStart, input: TranscriptAppend): void {
  sql.runInsert.run(run.id, run.sessionKey, run.agent, run.origin, run.model, run.at)
  append(sql, input)
}

function endRun(sql: Statements, run: RunEnd): void {
  sql.runEnd.run(run.status, run.at, run.usage ? JSON.stringify(run.usage) : null, run.error ?? null, run.id)
  if (run.append) append(sql, run.append)
}
