import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'
import { attachments } from './attachment.js'
import { messageText, runIdText, thinking, timeoutMs } from './chat.js'
import { agentIdText, SessionsListParams, SessionsListResult, sessionKeyText } from './sessions.js'

export const SessionsSendParams = Type.Object({
  key: sessionKeyText,
  agentId: agentIdText,
  message: messageText,
  idempotencyKey: Type.Optional(runIdText),
  thinking,
  attachments,
  timeoutMs,
})

export const SessionsAbortParams = Type.Object({
  key: Type.Optional(sessionKeyText),
  agentId: agentIdText,
  runId: Type.Optional(Type.String({ minLength: 1, description: 'Only this turn.' })),
  clearQueued: Type.Optional(Type.Boolean({ description: 'Turns that wait are ended too.' })),
})

export const SessionsAbortResult = Type.Object({
  ok: Type.Literal(true),
  abortedRunId: Nullable(Type.String()),
  status: stringEnum(['aborted', 'no-active-run']),
})

export const SessionsCompactParams = Type.Object({
  key: sessionKeyText,
  agentId: agentIdText,
  maxLines: Type.Optional(
    Type.Integer({ minimum: 1, description: 'So many of the newest messages stay, without a summary of the others.' }),
  ),
})

export const SessionsCompactResult = Type.Object({
  ok: Type.Boolean(),
  key: Type.String(),
  compacted: Type.Boolean(),
  reason: Type.Optional(Type.String({ description: 'Why nothing was done.' })),
  kept: Type.Optional(Type.Integer({ minimum: 0, description: 'Messages that are left besides the summary.' })),
})

export const SessionsBranchesListResult = Type.Object({
  branches: Type.Array(
    Type.Object({
      leafEntryId: Type.String(),
      headline: Type.String(),
      messageCount: Type.Integer({ minimum: 0 }),
      updatedAt: Type.Optional(Type.String({ description: 'ISO 8601.' })),
      active: Type.Boolean(),
    }),
  ),
})

export const SessionsSubscribeParams = SessionsListParams
export const SessionsSubscribeResult = Type.Object({
  subscribed: Type.Literal(true),
  list: Type.Optional(SessionsListResult),
})

export const MessagesSubscribeParams = Type.Object({ key: sessionKeyText, agentId: agentIdText })
export const MessagesSubscribeResult = Type.Object({
  subscribed: Type.Boolean(),
  key: Type.String({ description: 'The canonical key.' }),
})
