import { longestTimerSeconds, stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { attachments } from './attachment.js'
import { messageText, runIdText, thinking } from './chat.js'
import { agentIdText, sessionKeyText } from './sessions.js'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const AgentParams = Type.Object({
  message: { ...messageText, minLength: 1 },
  idempotencyKey: runIdText,
  agentId: agentIdText,
  sessionKey: Type.Optional(sessionKeyText),
  sessionId: text('A session by its id; one that is not known is begun.'),
  model: text("`<provider>/<model>`, or the model of `provider`, in place of the session's own."),
  provider: text('Provider of `model`.'),
  thinking,
  attachments,
  timeout: Type.Optional(
    Type.Integer({ minimum: 0, maximum: longestTimerSeconds, description: 'Limit of the turn in seconds; 0: none.' }),
  ),
  extraSystemPrompt: text('Said to the model before the conversation; not kept.'),
  deliver: Type.Optional(Type.Boolean({ description: 'Send the answer to a channel too.' })),
})

export const AgentResult = Type.Object({
  runId: Type.String(),
  status: stringEnum(['ok', 'error', 'timeout']),
  summary: Type.String(),
  result: Type.Object({
    payloads: Type.Array(Type.Object({ text: Type.String(), mediaUrl: Type.Union([Type.String(), Type.Null()]) }), {
      description: 'What the agent says.',
    }),
    meta: Type.Object({
      durationMs: Type.Integer({ minimum: 0 }),
      aborted: Type.Boolean(),
      stopReason: text('Why the model stopped.'),
      agentMeta: Type.Object({
        sessionId: text('Names the transcript.'),
        provider: text('Of the model.'),
        model: text('The model that answered.'),
        usage: Type.Optional(Type.Unknown()),
      }),
    }),
  }),
})
export type AgentResult = Static<typeof AgentResult>

export const AgentWaitParams = Type.Object({
  runId: Type.String({ minLength: 1, maxLength: 256 }),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'How long to wait. Default 30000.' }),
  ),
})

export const AgentWaitResult = Type.Object({
  runId: Type.String(),
  status: stringEnum(['ok', 'error', 'timeout'], { description: 'timeout also when it has not ended by then.' }),
  startedAt: Type.Optional(Type.Integer({ description: 'Epoch milliseconds.' })),
  endedAt: Type.Optional(Type.Integer({ description: 'Epoch milliseconds. Absent while it runs.' })),
  error: text('Code of what ended it.'),
  stopReason: Type.Optional(stringEnum(['aborted', 'interrupted'])),
})
