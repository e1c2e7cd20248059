import type {
  ApprovalEnd,
  ApprovalKind,
  ApprovalReason,
  ApprovalRow,
  ApprovalStatus,
  ApprovalStore,
} from '../approval-types.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'

interface RawApproval {
  readonly id: string
  readonly kind: ApprovalKind
  readonly request: string
  readonly status: ApprovalStatus
  readonly created_at: number
  readonly expires_at: number
  readonly ended_at: number | null
  readonly decision: ApprovalEnd['decision'] | null
  readonly reason: ApprovalReason | null
  readonly resolver: string | null
}

/** Approvals in the embedded store. Statements are prepared when the first is used. */
export function openApprovals(database: Database, commits: GroupCommit): ApprovalStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  return {
    get: (id) => commits.read(() => approvalRow(sql().get.get(id) as RawApproval | undefined)),
    open: ({ id, kind, request, createdAt, expiresAt }, keep) =>
      commits.write(() => {
        sql().insert.run(id, kind, JSON.stringify(request), createdAt, expiresAt)
        sql().trim.run(keep)
      }),
    end: (id, { status, decision, reason, resolver, at }) =>
      commits.write(() => {
        const who = resolver ? JSON.stringify(resolver) : null
        return sql().end.run(status, at, decision ?? null, reason, who, id).changes > 0
      }),
    cancelOpen: async (at) => {
      // Most starts find none, and then nothing has to wait for the disk.
      if ((await commits.read(() => sql().open.get())) === undefined) return 0
      return commits.write(() => sql().cancel.run(at).changes)
    },
    history: ({ kind, before, limit }) =>
      commits.read(() => {
        const { at, id } = before ?? { at: Number.MAX_SAFE_INTEGER, id: '' }
        const rows = sql().history.all(kind ?? null, kind ?? null, at, at, id, limit) as RawApproval[]
        return rows.flatMap((row) => approvalRow(row) ?? [])
      }),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    get: sql('SELECT * FROM approvals WHERE id = ?'),
    insert: sql(`INSERT INTO approvals (id, kind, request, status, created_at, expires_at)
      VALUES (?, ?, ?, 'pending', ?, ?)`),
    trim: sql(`DELETE FROM approvals WHERE id IN (SELECT id FROM approvals WHERE ended_at IS NOT NULL
      ORDER BY ended_at DESC, id DESC LIMIT -1 OFFSET ?)`),
    end: sql(`UPDATE approvals SET status = ?, ended_at = ?, decision = ?, reason = ?, resolver = ?
      WHERE id = ? AND status = 'pending'`),
    open: sql(`SELECT id FROM approvals WHERE status = 'pending' LIMIT 1`),
    cancel: sql(`UPDATE approvals SET status = 'cancelled', ended_at = ?, reason = 'gateway-restart'
      WHERE status = 'pending'`),
    history: sql(`SELECT * FROM approvals WHERE ended_at IS NOT NULL AND (? IS NULL OR kind = ?)
      AND (ended_at < ? OR (ended_at = ? AND id < ?)) ORDER BY ended_at DESC, id DESC LIMIT ?`),
  }
}

function approvalRow(raw: RawApproval | undefined): ApprovalRow | undefined {
  if (!raw) return undefined
  const { id, kind, request, created_at: createdAt, expires_at: expiresAt } = raw
  return { id, kind, request: JSON.parse(request), createdAt, expiresAt, end: endOf(raw) }
}

function endOf({ status, ended_at: at, decision, reason, resolver }: RawApproval): ApprovalEnd | undefined {
  if (status === 'pending' || at === null || reason === null) return undefined
  return {
    status,
    decision: decision ?? undefined,
    reason,
    resolver: resolver === null ? undefined : JSON.parse(resolver),
    at,
  }
}
