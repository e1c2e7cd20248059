import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const text = () => Type.Optional(Nullable(Type.String()))
const id = Type.String({ minLength: 1, maxLength: 200 })
const time = (description: string) => Type.Integer({ minimum: 0, description: `${description}, ms since the epoch.` })

export const Decision = stringEnum(['allow-once', 'allow-always', 'deny'])
const reason = stringEnum(['user', 'timeout', 'no-route', 'run-aborted', 'gateway-restart', 'storage-corrupt'])
const kind = stringEnum(['exec', 'plugin', 'system-agent'])
const reviewer = Type.Object(
  {
    channel: Type.String({ minLength: 1 }),
    accountId: Type.String({ minLength: 1 }),
    senderId: Type.String({ minLength: 1 }),
  },
  { description: 'The person in a chat who answered, when a client answers for somebody.' },
)
const days = Type.Integer({ minimum: 1, maximum: 3650, description: 'How long allow-always lasts.' })

export const ApprovalId = Type.Object({ id })

/** A question as those see it who may answer. */
export const OpenApprovalRow = Type.Object({
  approvalKind: kind,
  id,
  request: Type.Object(
    { command: Type.String(), allowedDecisions: Type.Array(Decision) },
    { description: 'The command and the turn that wants it.' },
  ),
  createdAtMs: time('Asked'),
  expiresAtMs: time('Answered with no, unless somebody answers before'),
})

export const ExecApprovalRequestParams = Type.Object({
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Default: random.' })),
  command: Type.Optional(Type.String({ minLength: 1, maxLength: 32_768 })),
  commandArgv: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
  systemRunPlan: Type.Optional(
    Type.Object({ argv: Type.Array(Type.String()), commandText: Type.String() }, { description: 'Of a node.' }),
  ),
  cwd: text(),
  nodeId: text(),
  host: text(),
  security: text(),
  ask: text(),
  warningText: text(),
  agentId: text(),
  resolvedPath: text(),
  sessionKey: text(),
  sessionId: text(),
  runId: text(),
  toolCallId: text(),
  turnSourceChannel: text(),
  turnSourceTo: text(),
  turnSourceAccountId: text(),
  unavailableDecisions: Type.Optional(Type.Array(stringEnum(['allow-always']))),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1, description: 'At most an hour; then the answer is no.' })),
  twoPhase: Type.Optional(Type.Boolean({ description: 'Answer at once with the id, and again with the decision.' })),
})

export const DecisionResult = Type.Object({
  id,
  decision: Nullable(Decision, { description: 'null: nobody answered, which means no.' }),
  createdAtMs: time('Asked'),
  expiresAtMs: time('End of the wait'),
  terminalReason: Type.Optional(reason),
})

export const ExecApprovalGetResult = Type.Object({
  id,
  commandText: Type.String(),
  commandPreview: Nullable(Type.String()),
  allowedDecisions: Type.Array(Decision),
  host: Nullable(Type.String()),
  nodeId: Nullable(Type.String()),
  agentId: Nullable(Type.String()),
  expiresAtMs: time('End of the wait'),
})

export const ExecApprovalResolveParams = Type.Object({
  id,
  decision: Type.String({ minLength: 1, description: 'allow-once, allow-always or deny.' }),
  reviewer: Type.Optional(reviewer),
  grantExpiresInDays: Type.Optional(days),
})

export const ApprovalResolveParams = Type.Object({
  id,
  kind,
  decision: Decision,
  reviewer: Type.Optional(reviewer),
  grantExpiresInDays: Type.Optional(days),
})

export const ApprovalHistoryParams = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  kind: Type.Optional(kind),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})

/** A question and how it ended, without what only the gateway needs to know. */
export const ApprovalSnapshot = Type.Object({
  id,
  status: stringEnum(['pending', 'allowed', 'denied', 'expired', 'cancelled']),
  presentation: Type.Object({
    kind,
    commandText: Type.String(),
    allowedDecisions: Type.Array(Decision),
  }),
  urlPath: Type.String(),
  createdAtMs: time('Asked'),
  expiresAtMs: time('End of the wait'),
  resolvedAtMs: Type.Optional(time('Ended')),
  decision: Type.Optional(Decision),
  reason: Type.Optional(reason),
})

export const ApprovalResult = Type.Object({ approval: ApprovalSnapshot })
export const ApprovalResolveResult = Type.Object({
  applied: Type.Boolean({ description: 'False: somebody had answered before.' }),
  approval: ApprovalSnapshot,
})
export const ApprovalHistoryResult = Type.Object({
  items: Type.Array(ApprovalSnapshot),
  nextCursor: Type.Optional(Type.String()),
})

/** A command that needs no further approval. */
export const GrantRow = Type.Object({
  grantId: id,
  mintedByApprovalId: id,
  agentId: Type.String(),
  cronJobId: Type.String({ description: '* : grants are for the agent, whatever starts it.' }),
  cronJobName: Nullable(Type.String()),
  command: Type.String(),
  cwd: Nullable(Type.String()),
  createdAtMs: time('Granted'),
  expiresAtMs: Nullable(Type.Integer()),
  revokedAtMs: Nullable(Type.Integer()),
  revokedBy: Nullable(Type.String()),
  lastUsedAtMs: Nullable(Type.Integer()),
  useCount: Type.Integer(),
})
