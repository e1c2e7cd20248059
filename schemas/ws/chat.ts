import { Nullable, stringEnum } from '../primitives.js'
import { queueModes, thinkingLevels } from '../session.js'
import { type Static, Type } from '../type.js'
import { attachments } from './attachment.js'
import { ModelsListResult } from './models.js'
import { ChatDefaults, ChatMessage, PendingInput } from './rows/chat-message.js'
import { SessionRow } from './rows/session.js'
import { agentIdText, sessionKeyText } from './sessions.js'

const flag = (description: string) => Type.Optional(Type.Boolean({ description }))
const count = (description: string, minimum: number, maximum = 1_000_000_000) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }))

export const runIdText = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'Names the run: the same key runs once, also after a restart.',
})

export const messageText = Type.String({ description: 'What the user says.' })
export const timeoutMs = count('Limit of the turn in milliseconds; 0: none. Default: that of the config.', 0)
export const thinking = Type.Optional(
  stringEnum(thinkingLevels, { description: 'How hard the model thinks in this turn.' }),
)

export const ChatHistoryParams = Type.Object({
  sessionKey: sessionKeyText,
  agentId: agentIdText,
  sessionId: Type.Optional(Type.String({ minLength: 1, description: 'An older transcript of the session.' })),
  limit: count('Messages of the page. Default 200.', 1, 1_000),
  offset: count('Messages to leave out, counted from the newest.', 0),
  maxBytes: count('Bytes of the messages of the page. Default 6 MiB.', 1),
  maxChars: count('Characters of one text. Default 12000.', 1, 500_000),
  cursor: Type.Optional(Type.String({ description: 'Answered with `{kind: "reset"}`: read anew without it.' })),
  inputRunIds: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 50 })),
})

const page = {
  sessionKey: Type.String(),
  sessionId: Type.Optional(Type.String({ description: 'Absent before anything is said.' })),
  messages: Type.Array(ChatMessage, { description: 'The oldest of the page first.' }),
  pendingInputs: Type.Object(
    { items: Type.Array(PendingInput), total: Type.Integer({ minimum: 0 }) },
    { description: 'Messages whose turn has not begun, or was cut off before it could.' },
  ),
  hasMore: Type.Boolean(),
  nextOffset: Type.Optional(Type.Integer({ minimum: 1 })),
  totalMessages: Type.Integer({ minimum: 0 }),
  defaults: ChatDefaults,
  sessionInfo: SessionRow,
  thinkingLevel: Type.Optional(Type.String()),
  inFlightRun: Type.Optional(
    Type.Object({ runId: Type.String(), text: Type.String() }, { description: 'The turn that runs now.' }),
  ),
}

export const ChatHistoryResult = Type.Union([
  Type.Object(page),
  Type.Object({ kind: stringEnum(['reset'], { description: 'There are no deltas here: read without a cursor.' }) }),
])

export const ChatMetadataResult = Type.Object({
  ...ModelsListResult.properties,
  commands: Type.Array(Type.Unknown(), { description: 'Chat commands.' }),
})

export const ChatStartupResult = Type.Object({ ...page, metadata: ChatMetadataResult })

export const ChatSendParams = Type.Object({
  sessionKey: sessionKeyText,
  agentId: agentIdText,
  message: messageText,
  idempotencyKey: runIdText,
  sessionId: Type.Optional(Type.String({ minLength: 1, description: 'The transcript that the caller saw.' })),
  expectedLeafEntryId: Type.Optional(
    Nullable(Type.String({ minLength: 1 }), { description: 'The newest entry that the caller saw; null: none.' }),
  ),
  thinking,
  attachments,
  timeoutMs,
  suppressCommandInterpretation: flag('A message that looks like a chat command is none.'),
  deliver: flag('Send the answer to a channel too.'),
  queueMode: Type.Optional(
    stringEnum(queueModes, {
      description:
        'While a turn runs. collect: answered later, together with others; steer: shown to the running turn at its ' +
        'next pause; steer-backlog: both; followup: a turn of its own later; interrupt: the running turn is ended first.',
    }),
  ),
})

export const ChatSendResult = Type.Object({
  runId: Type.String(),
  status: stringEnum(['started', 'in_flight', 'ok', 'error', 'timeout'], {
    description: 'started: taken now. The others: the key was used before, and this is what became of it.',
  }),
  error: Type.Optional(Type.String({ description: 'Code of what ended it.' })),
})
export type ChatSendResult = Static<typeof ChatSendResult>

export const ChatAbortParams = Type.Object({
  sessionKey: sessionKeyText,
  agentId: agentIdText,
  runId: Type.Optional(Type.String({ minLength: 1, description: 'Only this turn. Default: all of the session.' })),
})

export const ChatAbortResult = Type.Object({
  ok: Type.Literal(true),
  aborted: Type.Boolean(),
  runIds: Type.Array(Type.String()),
})

export const ChatInjectParams = Type.Object({
  sessionKey: sessionKeyText,
  agentId: agentIdText,
  message: Type.String({ minLength: 1 }),
  label: Type.Optional(Type.String({ maxLength: 100, description: 'Stands in front, in brackets.' })),
})

export const ChatMessageGetParams = Type.Object({
  sessionKey: sessionKeyText,
  agentId: agentIdText,
  messageId: Type.String({ minLength: 1 }),
  maxChars: count('Characters of one text. Default 2000000.', 1, 2_000_000),
})

export const ChatMessageGetResult = Type.Object({
  ok: Type.Boolean(),
  message: Type.Optional(ChatMessage),
  unavailableReason: Type.Optional(stringEnum(['not_found'])),
})
