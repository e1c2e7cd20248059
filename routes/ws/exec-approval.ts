import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import {
  ApprovalId,
  DecisionResult,
  ExecApprovalGetResult,
  ExecApprovalRequestParams,
  ExecApprovalResolveParams,
  GrantRow,
  OpenApprovalRow,
} from '../../schemas/ws/approvals.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { ApprovalDecision } from '../../src/storage/types.js'
import { execConfig } from '../../src/tools/_exec/times.js'
import { asQuestion, grantRow, openRow, requestIn, resolverOf } from './_approvals.js'
import { family, method } from './_method.js'

const maxTimeoutMs = 3_600_000
const defaultTimeoutSec = 300
const decisions: readonly string[] = ['allow-once', 'allow-always', 'deny'] satisfies ApprovalDecision[]

export default family({
  'exec.approval.request': method({
    summary: 'Asks people whether a command may run',
    description:
      'Administrators and paired devices with `operator.approvals` are asked, the caller is not. When none is connected the answer is no at once. No answer in time is no.',
    scope: 'operator.approvals',
    params: ExecApprovalRequestParams,
    result: DecisionResult,
    async handler({ runtime, peer, signal, accept }, params) {
      const { approvalTimeoutSec = defaultTimeoutSec } = execConfig(runtime.config.current, params.agentId ?? '')
      const asked = await runtime.approvals.ask(
        {
          ...(params.id !== undefined && { id: params.id }),
          kind: 'exec',
          request: asQuestion(params),
          timeoutMs: Math.min(params.timeoutMs ?? approvalTimeoutSec * 1_000, maxTimeoutMs),
          ...(peer && { askedBy: peer.connId }),
        },
        signal,
      )
      const times = { createdAtMs: asked.createdAt, expiresAtMs: asked.expiresAt }
      if (params.twoPhase && asked.routed)
        accept({ status: 'accepted', id: asked.id, deliveryRoute: 'approval-client', ...times })
      const { decision = null, reason } = await asked.answer
      return { id: asked.id, decision, ...times, terminalReason: reason }
    },
  }),
  'exec.approval.list': method({
    summary: 'Commands that wait for approval',
    scope: 'operator.approvals',
    params: Type.Object({}),
    result: Type.Array(OpenApprovalRow),
    handler: ({ runtime }) => runtime.approvals.list('exec').map(openRow),
  }),
  'exec.approval.get': method({
    summary: 'One command that waits for approval',
    scope: 'operator.approvals',
    params: ApprovalId,
    result: ExecApprovalGetResult,
    handler({ runtime }, { id }) {
      const open = runtime.approvals.open(id)
      const { command, allowedDecisions, host, nodeId, agentId } = requestIn(open)
      const words = { host: textOr(host), nodeId: textOr(nodeId), agentId: textOr(agentId) }
      return { id, commandText: command, commandPreview: null, allowedDecisions, ...words, expiresAtMs: open.expiresAt }
    },
  }),
  'exec.approval.waitDecision': method({
    summary: 'Waits for the answer to a question that somebody asked',
    scope: 'operator.approvals',
    params: ApprovalId,
    result: DecisionResult,
    async handler({ runtime }, { id }) {
      const { decision = null, reason } = await runtime.approvals.wait(id)
      const { createdAt, expiresAt } = await runtime.approvals.get(id)
      return { id, decision, createdAtMs: createdAt, expiresAtMs: expiresAt, terminalReason: reason }
    },
  }),
  'exec.approval.resolve': method({
    summary: 'Answers whether a command may run; the first answer counts',
    scope: 'operator.approvals',
    params: ExecApprovalResolveParams,
    result: Type.Object({ ok: Type.Literal(true) }),
    async handler({ runtime, caller, peer }, { id, decision, reviewer, grantExpiresInDays }) {
      if (!decisions.includes(decision)) throw new GatewayError('invalid_params', { message: 'invalid decision' })
      await runtime.approvals.resolve(id, decision as ApprovalDecision, {
        resolver: resolverOf(caller, reviewer),
        ...(peer && { connId: peer.connId }),
        grantDays: grantExpiresInDays,
      })
      return { ok: true as const }
    },
  }),
  'exec.approval.grants.list': method({
    summary: 'Commands that agents may run without being asked for again',
    scope: 'operator.approvals',
    params: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
    result: Type.Object({ grants: Type.Array(GrantRow) }),
    async handler({ runtime }, { limit = 100 }) {
      return { grants: (await runtime.grants.list(limit)).map(grantRow) }
    },
  }),
  'exec.approval.grants.revoke': method({
    summary: 'Takes a standing approval back',
    scope: 'operator.approvals',
    params: Type.Object({ grantId: Type.String({ minLength: 1 }) }),
    result: Type.Object({ outcome: stringEnum(['revoked', 'already-revoked', 'not-found']) }),
    async handler({ runtime, caller }, { grantId }) {
      const { id = 'operator' } = resolverOf(caller, undefined)
      return { outcome: await runtime.grants.revoke(grantId, id) }
    },
  }),
})

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
