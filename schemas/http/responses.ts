import { Nullable, stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { named, optional, ref } from './named.js'

const open = { additionalProperties: true }
const text = () => Type.Optional(Type.String())

export const ResponseInputPart = named(
  'ResponseInputPart',
  Type.Object(
    {
      type: Type.String({ description: '`input_text`, `input_image`, `input_file`, `output_text` or `refusal`.' }),
      text: text(),
      refusal: text(),
      image_url: optional(Type.String({ description: 'A data: URL.' })),
      file_data: optional(Type.String({ description: 'A data: URL or base64.' })),
      filename: optional(Type.String()),
      file_url: optional(Type.String()),
      file_id: optional(Type.String()),
      source: Type.Optional(
        Type.Object(
          { type: Type.String(), media_type: text(), data: text(), url: text(), filename: text() },
          { ...open, description: 'The older form of images and files: `{type: "base64", media_type, data}`.' },
        ),
      ),
    },
    { ...open, description: 'A part of a message.' },
  ),
)
export type ResponseInputPart = Static<typeof ResponseInputPart>

const parts = Type.Array(ref(ResponseInputPart))

export const ResponseInputItem = named(
  'ResponseInputItem',
  Type.Object(
    {
      type: Type.Optional(
        Type.String({
          description:
            '`message` (the default), `function_call`, `function_call_output`, `reasoning`, `item_reference`.',
        }),
      ),
      id: optional(Type.String()),
      role: Type.Optional(stringEnum(['user', 'assistant', 'system', 'developer'])),
      content: optional(Type.Union([Type.String(), parts])),
      call_id: text(),
      name: text(),
      arguments: text(),
      output: Type.Optional(Type.Union([Type.String(), parts])),
    },
    { ...open, description: 'One item of the conversation, in OpenAI’s shape.' },
  ),
)
export type ResponseInputItem = Static<typeof ResponseInputItem>

export const ResponseTool = named(
  'ResponseTool',
  Type.Object(
    {
      type: Type.String({ description: '`function`.' }),
      name: text(),
      description: optional(Type.String()),
      parameters: optional(Type.Object({}, { ...open, description: 'JSON Schema of the arguments.' })),
      strict: optional(Type.Boolean()),
    },
    { ...open, description: 'A tool that the client runs itself: the turn ends when the model calls it.' },
  ),
)

const ToolChoice = Type.Union([
  stringEnum(['none', 'auto', 'required']),
  Type.Object({ type: stringEnum(['function']), name: Type.String() }, open),
])

const TextFormat = Type.Object(
  {
    type: stringEnum(['text', 'json_object', 'json_schema']),
    name: text(),
    schema: Type.Optional(Type.Object({}, open)),
    strict: optional(Type.Boolean()),
    description: optional(Type.String()),
  },
  open,
)

export const ResponseRequest = named(
  'ResponseRequest',
  Type.Object(
    {
      model: optional(Type.String({ description: '`openclaw` (the default agent) or `openclaw/<agent>`.' })),
      input: Type.Union([Type.String({ minLength: 1 }), Type.Array(ref(ResponseInputItem), { minItems: 1 })]),
      instructions: optional(Type.String({ description: 'For this turn only: not inherited by the next.' })),
      previous_response_id: optional(Type.String({ description: 'Goes on from that response; it may branch.' })),
      stream: optional(Type.Boolean()),
      store: optional(Type.Boolean({ description: 'False: it cannot be read again or gone on from. Default: true.' })),
      background: optional(Type.Boolean({ description: 'Answers at once; read it again until it is completed.' })),
      user: optional(Type.String({ description: 'Continues the session of this name.' })),
      tools: optional(Type.Array(ref(ResponseTool), { maxItems: 256 })),
      tool_choice: optional(ToolChoice),
      parallel_tool_calls: optional(Type.Boolean()),
      max_output_tokens: optional(Type.Integer({ minimum: 1 })),
      max_tool_calls: optional(Type.Integer({ minimum: 1 })),
      temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
      top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
      text: optional(Type.Object({ format: optional(TextFormat), verbosity: optional(Type.String()) }, open)),
      reasoning: optional(Type.Object({ effort: optional(Type.String()), summary: optional(Type.String()) }, open)),
      metadata: optional(Type.Record(Type.String(), Type.String({ maxLength: 512 }))),
      truncation: optional(stringEnum(['auto', 'disabled'])),
      service_tier: optional(Type.String()),
    },
    { ...open, description: 'Null means not set. Unknown fields are ignored and never reach the model.' },
  ),
)
export type ResponseRequest = Static<typeof ResponseRequest>

const statuses = ['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled'] as const
export type ResponseStatus = (typeof statuses)[number]

const OutputPart = Type.Object({
  type: stringEnum(['output_text', 'refusal']),
  text: text(),
  refusal: text(),
  annotations: Type.Optional(Type.Array(Type.Unknown())),
  logprobs: Type.Optional(Type.Array(Type.Unknown())),
})

export const ResponseOutputItem = named(
  'ResponseOutputItem',
  Type.Object(
    {
      type: stringEnum(['message', 'function_call', 'reasoning', 'mcp_call']),
      id: Type.String(),
      status: Type.Optional(stringEnum(['in_progress', 'completed', 'incomplete', 'failed'])),
      role: Type.Optional(stringEnum(['assistant'])),
      content: Type.Optional(
        Type.Array(
          Type.Union([OutputPart, Type.Object({ type: stringEnum(['reasoning_text']), text: Type.String() })]),
        ),
      ),
      summary: Type.Optional(Type.Array(Type.Unknown())),
      call_id: text(),
      name: text(),
      arguments: text(),
      server_label: text(),
      output: Type.Optional(Nullable(Type.String())),
      error: Type.Optional(Nullable(Type.String())),
    },
    {
      description:
        'What the model made: a message, a call of a client tool, its reasoning; as `mcp_call` a call of the agent’s own ' +
        'tools, when they are asked for.',
    },
  ),
)
export type ResponseOutputItem = Static<typeof ResponseOutputItem>

export const ResponseUsage = Type.Object({
  input_tokens: Type.Integer(),
  input_tokens_details: Type.Object({ cached_tokens: Type.Integer() }),
  output_tokens: Type.Integer(),
  output_tokens_details: Type.Object({ reasoning_tokens: Type.Integer() }),
  total_tokens: Type.Integer(),
})
export type ResponseUsage = Static<typeof ResponseUsage>

export const ResponseObject = named(
  'Response',
  Type.Object({
    id: Type.String(),
    object: stringEnum(['response']),
    created_at: Type.Number({ description: 'Seconds since the epoch.' }),
    completed_at: Nullable(Type.Number()),
    status: stringEnum(statuses),
    background: Type.Boolean(),
    model: Type.String(),
    output: Type.Array(ref(ResponseOutputItem)),
    error: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
    incomplete_details: Nullable(Type.Object({ reason: stringEnum(['max_output_tokens', 'content_filter']) })),
    usage: Nullable(ResponseUsage),
    instructions: Nullable(Type.String()),
    previous_response_id: Nullable(Type.String()),
    metadata: Type.Record(Type.String(), Type.String()),
    parallel_tool_calls: Type.Boolean(),
    temperature: Nullable(Type.Number()),
    top_p: Nullable(Type.Number()),
    tool_choice: Type.Unknown(),
    tools: Type.Array(Type.Unknown()),
    max_output_tokens: Nullable(Type.Integer()),
    max_tool_calls: Nullable(Type.Integer()),
    reasoning: Type.Object({ effort: Nullable(Type.String()), summary: Nullable(Type.String()) }),
    service_tier: Type.String(),
    store: Type.Boolean(),
    text: Type.Object({ format: Type.Unknown(), verbosity: Type.Optional(Type.String()) }),
    top_logprobs: Type.Integer(),
    truncation: stringEnum(['auto', 'disabled']),
    user: Nullable(Type.String()),
  }),
)
export type ResponseObject = Static<typeof ResponseObject>

export const ResponseStreamEvent = named(
  'ResponseStreamEvent',
  Type.Object(
    {
      type: Type.String({ description: 'For example `response.output_text.delta`.' }),
      sequence_number: Type.Integer(),
    },
    { ...open, description: 'One event of a stream. Its other fields depend on `type`, as in OpenAI’s API.' },
  ),
)

export const ResponseItemList = named(
  'ResponseItemList',
  Type.Object({
    object: stringEnum(['list']),
    data: Type.Array(Type.Object({}, open)),
    first_id: Nullable(Type.String()),
    last_id: Nullable(Type.String()),
    has_more: Type.Boolean(),
  }),
)

export const ResponseDeleted = named(
  'ResponseDeleted',
  Type.Object({ id: Type.String(), object: stringEnum(['response']), deleted: Type.Boolean() }),
)
