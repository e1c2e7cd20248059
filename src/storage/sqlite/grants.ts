import type { GrantRow, GrantStore } from '../approval-types.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'

interface RawGrant {
  readonly id: string
  readonly approval_id: string
  readonly agent: string
  readonly exact: string
  readonly command: string
  readonly cwd: string
  readonly files: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly revoked_at: number | null
  readonly revoked_by: string | null
  readonly used_at: number | null
  readonly uses: number
}

/** Standing permissions in the embedded store. Statements are prepared when the first is used. */
export function openGrants(database: Database, commits: GroupCommit): GrantStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const one = (raw: unknown) => (raw === undefined ? undefined : grantRow(raw as RawGrant))
  return {
    put: (grant) =>
      commits.write(() => {
        const { id, approvalId, agent, exact, command, cwd, files, createdAt, expiresAt = null } = grant
        sql().drop.run(agent, exact)
        sql().insert.run(id, approvalId, agent, exact, command, cwd, JSON.stringify(files), createdAt, expiresAt)
      }),
    find: (agent, exact, now) => commits.read(() => one(sql().find.get(agent, exact, now))),
    used: (id, at) => commits.write(() => void sql().used.run(at, id)),
    list: (limit) => commits.read(() => (sql().list.all(limit) as RawGrant[]).map(grantRow)),
    get: (id) => commits.read(() => one(sql().get.get(id))),
    revoke: (id, at, by) => commits.write(() => sql().revoke.run(at, by, id).changes > 0),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    drop: sql('DELETE FROM exec_grants WHERE agent = ? AND exact = ? AND revoked_at IS NULL'),
    insert: sql(`INSERT INTO exec_grants
      (id, approval_id, agent, exact, command, cwd, files, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    find: sql(`SELECT * FROM exec_grants WHERE agent = ? AND exact = ? AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > ?)`),
    used: sql('UPDATE exec_grants SET used_at = ?, uses = uses + 1 WHERE id = ?'),
    list: sql('SELECT * FROM exec_grants ORDER BY created_at DESC, id LIMIT ?'),
    get: sql('SELECT * FROM exec_grants WHERE id = ?'),
    revoke: sql('UPDATE exec_grants SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL'),
  }
}

function grantRow(raw: RawGrant): GrantRow {
  return {
    id: raw.id,
    approvalId: raw.approval_id,
    agent: raw.agent,
    exact: raw.exact,
    command: raw.command,
    cwd: raw.cwd,
    files: JSON.parse(raw.files),
    createdAt: raw.created_at,
    expiresAt: raw.expires_at ?? undefined,
    revokedAt: raw.revoked_at ?? undefined,
    revokedBy: raw.revoked_by ?? undefined,
    usedAt: raw.used_at ?? undefined,
    uses: raw.uses,
  }
}
