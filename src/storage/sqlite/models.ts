import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { CliSession, CooldownRow, ModelStore } from '../model-types.js'

/** Statements are prepared when the first is used: most starts need none of them. */
export function openModels(database: Database, commits: GroupCommit): ModelStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  return {
    cooldowns: () => commits.read(() => sql().cooldowns.all().map(cooldownRow)),
    putCooldown: ({ key, reason, errors, failedAt, until }) =>
      commits.write(() => void sql().putCooldown.run({ key, reason, errors, failedAt, until })),
    dropCooldowns: (failedBefore) => commits.write(() => void sql().dropCooldowns.run(failedBefore)),
    cliSession: (sessionId, backend) => commits.read(() => cliSession(sql().cliSession.get(sessionId, backend))),
    putCliSession: ({ sessionId, backend, cliId, seen, digest, at }, dropBefore) =>
      commits.write(() => {
        sql().putCliSession.run({ sessionId, backend, cliId, seen, digest, at })
        sql().oldCliSessions.run(dropBefore)
      }),
    dropCliSession: (sessionId, backend) => commits.write(() => void sql().dropCliSession.run(sessionId, backend)),
  }
}

export const cooldownsSql = 'SELECT key, reason, errors, failed_at, until FROM model_cooldowns ORDER BY key'

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    cooldowns: sql(cooldownsSql),
    putCooldown: sql(`
      INSERT INTO model_cooldowns (key, reason, errors, failed_at, until)
      VALUES (@key, @reason, @errors, @failedAt, @until)
      ON CONFLICT (key) DO UPDATE SET reason = @reason, errors = @errors, failed_at = @failedAt, until = @until`),
    dropCooldowns: sql('DELETE FROM model_cooldowns WHERE failed_at < ?'),
    cliSession: sql(`
      SELECT session_id, backend, cli_id, seen, digest, at FROM cli_sessions WHERE session_id = ? AND backend = ?`),
    putCliSession: sql(`
      INSERT INTO cli_sessions (session_id, backend, cli_id, seen, digest, at)
      VALUES (@sessionId, @backend, @cliId, @seen, @digest, @at)
      ON CONFLICT (session_id, backend) DO UPDATE SET cli_id = @cliId, seen = @seen, digest = @digest, at = @at`),
    oldCliSessions: sql('DELETE FROM cli_sessions WHERE at < ?'),
    dropCliSession: sql('DELETE FROM cli_sessions WHERE session_id = ? AND backend = ?'),
  }
}

export function cooldownRow(raw: unknown): CooldownRow {
  const row = raw as Omit<CooldownRow, 'failedAt'> & { readonly failed_at: number }
  return { key: row.key, reason: row.reason, errors: row.errors, failedAt: row.failed_at, until: row.until }
}

function cliSession(raw: unknown): CliSession | undefined {
  if (raw === undefined) return undefined
  const row = raw as { session_id: string; backend: string; cli_id: string; seen: number; digest: string; at: number }
  const { backend, seen, digest, at } = row
  return { sessionId: row.session_id, backend, cliId: row.cli_id, seen, digest, at }
}
