import type { ApprovalEvents } from '../approvals/events.js'
import { hasScope } from '../auth/scopes.js'
import type { Bus } from '../kernel/events.js'
import type { Hub } from './hub.js'
import type { Peer } from './peer.js'

/**
 * Who sees a question and may answer it: administrators, and paired devices with operator.approvals; never the
 * connection that asked (spec/protocol.md 4.10).
 */
export function mayApprove({ caller, connId }: Pick<Peer, 'caller' | 'connId'>, askedBy: string | undefined): boolean {
  if (connId === askedBy || caller.role !== 'operator') return false
  if (hasScope(caller.scopes, 'operator.admin')) return true
  return caller.deviceId !== undefined && hasScope(caller.scopes, 'operator.approvals')
}

/** True while somebody is connected who may answer. */
export function hasApprover(hub: Hub, askedBy: string | undefined): boolean {
  return hub.wants('exec.approval.requested', (peer) => mayApprove(peer, askedBy))
}

/** Shows questions about commands, and how they ended, to those who may answer. The returned function stops. */
export function announceApprovals(bus: Bus<ApprovalEvents>, hub: Hub): () => void {
  const stops = [
    bus.on('approval.requested', ({ id, kind, request, createdAt, expiresAt, askedBy }) => {
      if (kind !== 'exec') return
      const payload = { approvalKind: kind, id, request, createdAtMs: createdAt, expiresAtMs: expiresAt }
      hub.broadcast('exec.approval.requested', payload, { to: (peer) => mayApprove(peer, askedBy) })
    }),
    bus.on('approval.resolved', ({ id, kind, request, end, askedBy }) => {
      // Nobody was shown a question that had nowhere to go.
      if (kind !== 'exec' || end?.reason === 'no-route') return
      const { decision = 'deny', resolver, reason, at } = end ?? {}
      const payload = { id, decision, reason, resolvedBy: resolver?.id ?? resolver?.kind ?? null, ts: at, request }
      hub.broadcast('exec.approval.resolved', payload, { to: (peer) => mayApprove(peer, askedBy) })
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
