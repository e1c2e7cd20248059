import type { Static } from '../../schemas/type.js'
import type {
  ApprovalSnapshot,
  ExecApprovalRequestParams,
  GrantRow as GrantShape,
  OpenApprovalRow,
} from '../../schemas/ws/approvals.js'
import type { OpenApproval } from '../../src/approvals/events.js'
import { printable } from '../../src/approvals/printable.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Caller } from '../../src/live/caller.js'
import type { ApprovalDecision, ApprovalResolver, ApprovalRow, GrantRow } from '../../src/storage/types.js'
import type { Given } from './_method.js'

/** What every question about a command holds; the rest of it is for clients. */
interface ExecRequest {
  readonly command: string
  readonly allowedDecisions: readonly ApprovalDecision[]
  readonly [key: string]: unknown
}

export const requestIn = ({ request }: Pick<ApprovalRow, 'request'>) => request as unknown as ExecRequest

export function openRow(open: OpenApproval): Given<Static<typeof OpenApprovalRow>> {
  const { id, kind, createdAt, expiresAt } = open
  return { approvalKind: kind, id, request: requestIn(open), createdAtMs: createdAt, expiresAtMs: expiresAt }
}

/** What a client asks, as a question. Throws `invalid_params` when there is no command in it. */
export function asQuestion(params: Static<typeof ExecApprovalRequestParams>): ExecRequest {
  const { id: _, timeoutMs: __, twoPhase: ___, unavailableDecisions = [], commandArgv, systemRunPlan, ...rest } = params
  const command = params.command ?? systemRunPlan?.commandText ?? commandArgv?.join(' ') ?? ''
  if (command.trim() === '') throw new GatewayError('invalid_params', { message: 'command is required' })
  const { text, warning } = printable(command)
  const all: readonly ApprovalDecision[] = ['allow-once', 'allow-always', 'deny']
  const allowedDecisions = all.filter((decision) => !unavailableDecisions.some((other) => other === decision))
  return { ...rest, command: text, warningText: rest.warningText ?? warning ?? null, allowedDecisions }
}

/** Who answers, as it is kept. */
export function resolverOf(
  { deviceId, client, user }: Caller,
  reviewer: { readonly channel: string; readonly senderId: string } | undefined,
): ApprovalResolver {
  if (reviewer) return { kind: 'channel', id: `${reviewer.channel}:${reviewer.senderId}` }
  if (deviceId !== undefined) return { kind: 'device', id: deviceId }
  return { kind: 'runtime', id: user ?? client?.id ?? 'http' }
}

export function snapshotOf(row: ApprovalRow): Given<Static<typeof ApprovalSnapshot>> {
  const { id, createdAt, expiresAt, end } = row
  return {
    id,
    urlPath: `/approve/${encodeURIComponent(id)}`,
    createdAtMs: createdAt,
    expiresAtMs: expiresAt,
    presentation: presentationOf(row),
    ...(end ? endOf(row, end) : { status: 'pending' as const }),
  }
}

function endOf(row: ApprovalRow, { status, decision, reason, resolver, at }: NonNullable<ApprovalRow['end']>) {
  const { agentId, sessionKey } = requestIn(row)
  const source = { ...(agentId ? { agentId } : {}), ...(sessionKey ? { sessionKey } : {}) }
  const decided = status === 'allowed' || status === 'denied'
  return {
    status,
    resolvedAtMs: at,
    reason,
    source,
    ...(resolver && { resolver }),
    ...(decided && decision && { decision }),
  }
}

function presentationOf(row: ApprovalRow) {
  const { command, allowedDecisions, commandPreview = null, warningText = null, ...rest } = requestIn(row)
  const { host = null, nodeId = null, agentId = null } = rest
  return { kind: row.kind, commandText: command, commandPreview, warningText, host, nodeId, agentId, allowedDecisions }
}

const maxCommandChars = 512

export function grantRow(grant: GrantRow): Given<Static<typeof GrantShape>> {
  const { id, approvalId, agent, command, cwd, createdAt, uses } = grant
  return {
    grantId: id,
    mintedByApprovalId: approvalId,
    agentId: agent,
    cronJobId: '*',
    cronJobName: null,
    command: command.slice(0, maxCommandChars),
    cwd: cwd.slice(0, maxCommandChars),
    createdAtMs: createdAt,
    expiresAtMs: grant.expiresAt ?? null,
    revokedAtMs: grant.revokedAt ?? null,
    revokedBy: grant.revokedBy ?? null,
    lastUsedAtMs: grant.usedAt ?? null,
    useCount: uses,
  }
}
