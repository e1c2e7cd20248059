import { Nullable, stringEnum } from '../../primitives.js'
import { type Static, Type } from '../../type.js'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const ChatContent = Type.Object(
  {
    type: stringEnum(['text', 'image', 'toolCall', 'thinking']),
    text: text('Of a text.'),
    mimeType: text('Of an image.'),
    data: text('Of an image, in base64; only where a single message is read.'),
    omitted: Type.Optional(Type.Boolean({ description: 'The data of the image was left out.' })),
    bytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Size of the image.' })),
    thinking: text('Of a thought.'),
    id: text('Of a tool call.'),
    name: text('Of a tool call.'),
    arguments: Type.Optional(Type.Unknown({ description: 'Of a tool call: an object, or text when it is not JSON.' })),
  },
  { description: 'One part of what is said.' },
)

/** A message as histories and events show it (spec/protocol.md 4.4). */
export const ChatMessage = Type.Object({
  role: stringEnum(['user', 'assistant', 'toolResult', 'system']),
  content: Type.Array(ChatContent),
  timestamp: Type.Integer({ description: 'Epoch milliseconds.' }),
  toolCallId: text('The call that a tool result answers.'),
  provider: text('Provider of the model that said it.'),
  model: text('The model that said it.'),
  stopReason: text('Why the model stopped: stop, length, toolUse, aborted, error.'),
  usage: Type.Optional(
    Type.Object({
      input: Type.Integer({ description: 'Tokens that were not read from a cache.' }),
      output: Type.Integer(),
      cacheRead: Type.Integer(),
      cacheWrite: Type.Integer(),
      totalTokens: Type.Integer(),
    }),
  ),
  idempotencyKey: text('Of a message that a client sent: `<runId>:user`.'),
  __openclaw: Type.Object(
    {
      id: Type.String({ description: 'Names the entry.' }),
      seq: Type.Integer({ minimum: 1, description: 'Its place in the transcript, from 1.' }),
      recordTimestampMs: Type.Integer(),
      runId: text('The turn that it belongs to.'),
      truncated: Type.Optional(Type.Boolean({ description: 'Some of its text was left out.' })),
    },
    { description: 'Where it stands.' },
  ),
})
export type ChatMessage = Static<typeof ChatMessage>

/** What was sent and has not been said yet. */
export const PendingInput = Type.Object({
  id: Type.String(),
  runId: Type.Optional(Type.String()),
  message: ChatMessage,
  acceptedAt: Type.Integer({ description: 'Epoch milliseconds.' }),
  state: stringEnum(['queued', 'cancelled', 'interrupted']),
})
export type PendingInput = Static<typeof PendingInput>

export const ChatDefaults = Type.Object({
  modelProvider: Nullable(Type.String()),
  model: Nullable(Type.String()),
  contextTokens: Nullable(Type.Integer()),
})
