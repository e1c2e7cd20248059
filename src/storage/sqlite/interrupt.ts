import type { Database } from '../database.js'

/** Marks what a crash left open, so that nobody waits for it and nobody runs it again. */
export function interruptRuns(database: Database, at: number): void {
  failResponses(database)
  const running = database.prepare("SELECT id FROM runs WHERE status IN ('queued', 'running') LIMIT 1")
  if (running.get() === undefined) return
  database.exec(`
    BEGIN IMMEDIATE;
    UPDATE sessions SET run_status = 'interrupted', run_ended_at = ${at}, run_error = 'interrupted'
      WHERE run_status = 'running' AND key IN (SELECT session_key FROM runs WHERE status = 'running');
    UPDATE runs SET status = 'interrupted', ended_at = ${at} WHERE status IN ('queued', 'running');
    COMMIT;`)
}

const lost = JSON.stringify({ code: 'server_error', message: 'The gateway ended before this response was complete.' })

function failResponses(database: Database): void {
  const unfinished = "json_extract(response, '$.status') IN ('queued', 'in_progress')"
  if (database.prepare(`SELECT 1 FROM responses WHERE ${unfinished} LIMIT 1`).get() === undefined) return
  database
    .prepare(
      `UPDATE responses SET response = json_set(response, '$.status', 'failed', '$.error', json(?)) WHERE ${unfinished}`,
    )
    .run(lost)
}
