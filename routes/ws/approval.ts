import {
  ApprovalHistoryParams,
  ApprovalHistoryResult,
  ApprovalId,
  ApprovalResolveParams,
  ApprovalResolveResult,
  ApprovalResult,
} from '../../schemas/ws/approvals.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { resolverOf, snapshotOf } from './_approvals.js'
import { family, method } from './_method.js'

export default family({
  'approval.get': method({
    summary: 'A question to people, open or ended',
    scope: 'operator.approvals',
    params: ApprovalId,
    result: ApprovalResult,
    async handler({ runtime }, { id }) {
      return { approval: snapshotOf(await runtime.approvals.get(id)) }
    },
  }),
  'approval.resolve': method({
    summary: 'Answers a question; the first answer counts',
    description: 'A later answer changes nothing and gets the first one.',
    scope: 'operator.approvals',
    params: ApprovalResolveParams,
    result: ApprovalResolveResult,
    async handler({ runtime, caller, peer }, { id, kind, decision, reviewer, grantExpiresInDays }) {
      const { approvals } = runtime
      if ((await approvals.get(id)).kind !== kind) {
        throw new GatewayError('invalid_params', { message: `The approval ${id} is not of the kind ${kind}.` })
      }
      try {
        const row = await approvals.resolve(id, decision, {
          resolver: resolverOf(caller, reviewer),
          ...(peer && { connId: peer.connId }),
          grantDays: grantExpiresInDays,
        })
        return { applied: true, approval: snapshotOf(row) }
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'approval_already_resolved') throw error
        await approvals.wait(id)
        return { applied: false, approval: snapshotOf(await approvals.get(id)) }
      }
    },
  }),
  'approval.history': method({
    summary: 'Questions that have ended, the newest first',
    scope: 'operator.approvals',
    params: ApprovalHistoryParams,
    result: ApprovalHistoryResult,
    async handler({ runtime }, { cursor, kind, limit = 50 }) {
      const rows = await runtime.approvals.history({
        limit: limit + 1,
        ...(kind && { kind }),
        ...(cursor !== undefined && { before: placeOf(cursor) }),
      })
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      const more = rows.length > limit && last?.end
      return { items: items.map(snapshotOf), ...(more && { nextCursor: `${more.at}:${last.id}` }) }
    },
  }),
})

/** Where a page ended: `<time>:<id>`. */
function placeOf(cursor: string): { at: number; id: string } {
  const [, at, id] = /^(\d{1,16}):(.+)$/s.exec(cursor) ?? []
  if (at === undefined || id === undefined) {
    throw new GatewayError('invalid_params', { message: 'invalid cursor: give nextCursor of the page before' })
  }
  return { at: Number(at), id }
}
