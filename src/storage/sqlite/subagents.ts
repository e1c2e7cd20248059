import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { SubagentRow, SubagentStore } from '../subagent-types.js'

/** Statements are prepared when the first is used: most gateways need none of them. */
export function openSubagents(database: Database, commits: GroupCommit): SubagentStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  return {
    put: (row) => commits.write(() => void sql().put.run(row.runId, row.createdAt, JSON.stringify(row))),
    all: () =>
      commits.read(() =>
        (sql().all.all() as { readonly row: string }[]).map(({ row }): SubagentRow => JSON.parse(row)),
      ),
    remove: (runId) => commits.write(() => void sql().remove.run(runId)),
  }
}

function prepare(database: Database) {
  return {
    put: database.prepare(`
      INSERT INTO subagents (run_id, created_at, row) VALUES (?, ?, ?)
      ON CONFLICT (run_id) DO UPDATE SET row = excluded.row`),
    all: database.prepare('SELECT row FROM subagents ORDER BY created_at, run_id'),
    remove: database.prepare('DELETE FROM subagents WHERE run_id = ?'),
  }
}
