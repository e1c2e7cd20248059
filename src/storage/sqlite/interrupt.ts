import type { Database } from '../database.js'

/** Marks what a crash left open, so that nobody waits for it and nobody runs it again. */
export function interruptRuns(database: Database, at: number): void {
  const running = database.prepare("SELECT id FROM runs WHERE status IN ('queued', 'running') LIMIT 1")
  if (running.get() === undefined) return
  database.exec(`
    BEGIN IMMEDIATE;
    UPDATE sessions SET run_status = 'interrupted', run_ended_at = ${at}, run_error = 'interrupted'
      WHERE run_status = 'running' AND key IN (SELECT session_key FROM runs WHERE status = 'running');
    UPDATE runs SET status = 'interrupted', ended_at = ${at} WHERE status IN ('queued', 'running');
    COMMIT;`)
}
