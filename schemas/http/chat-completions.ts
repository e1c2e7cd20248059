import { Nullable, stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { named, optional, ref } from './named.js'

const open = { additionalProperties: true }
const ImageUrl = Type.Union([
  Type.String({ description: 'A data: URL.' }),
  Type.Object({ url: Type.String(), detail: optional(stringEnum(['auto', 'low', 'high'])) }, open),
])

export const ChatContentPart = named(
  'ChatContentPart',
  Type.Object(
    {
      type: Type.String({ description: '`text` or `image_url`; `refusal` in assistant messages.' }),
      text: Type.Optional(Type.String()),
      refusal: Type.Optional(Type.String()),
      image_url: Type.Optional(ImageUrl),
    },
    { ...open, description: 'A part of a message. `text` goes with type `text`, and so on.' },
  ),
)

export const ChatToolCall = named(
  'ChatToolCall',
  Type.Object(
    {
      id: Type.String(),
      type: stringEnum(['function']),
      function: Type.Object({ name: Type.String(), arguments: Type.String({ description: 'JSON text.' }) }),
    },
    { ...open, description: 'A call of a client tool. Answer it with a message of role `tool` and the same id.' },
  ),
)

export const ChatMessage = named(
  'ChatMessage',
  Type.Object(
    {
      role: stringEnum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
      content: optional(Type.Union([Type.String(), Type.Array(ref(ChatContentPart))])),
      name: optional(Type.String()),
      tool_calls: optional(Type.Array(ref(ChatToolCall))),
      tool_call_id: optional(Type.String()),
      refusal: optional(Type.String()),
      function_call: optional(Type.Object({ name: Type.String(), arguments: Type.String() })),
    },
    { ...open, description: 'One message of the conversation, in OpenAI’s shape.' },
  ),
)

const FunctionDefinition = Type.Object(
  {
    name: Type.String({ description: 'Letters, digits, `_`, `-`; at most 64.' }),
    description: optional(Type.String()),
    parameters: optional(Type.Object({}, { ...open, description: 'JSON Schema of the arguments.' })),
    strict: optional(Type.Boolean()),
  },
  open,
)

export const ChatTool = named(
  'ChatTool',
  Type.Object(
    { type: Type.String({ description: '`function`.' }), function: Type.Optional(FunctionDefinition) },
    { ...open, description: 'A tool that the client runs itself: the turn ends when the model calls it.' },
  ),
)

const ToolChoice = Type.Union([
  stringEnum(['none', 'auto', 'required']),
  Type.Object(
    {
      type: stringEnum(['function', 'allowed_tools']),
      function: Type.Optional(Type.Object({ name: Type.String() })),
      allowed_tools: Type.Optional(
        Type.Object({ mode: stringEnum(['auto', 'required']), tools: Type.Array(Type.Object({}, open)) }),
      ),
    },
    open,
  ),
])

const ResponseFormat = Type.Object(
  {
    type: stringEnum(['text', 'json_object', 'json_schema']),
    json_schema: Type.Optional(
      Type.Object(
        { name: Type.String(), schema: Type.Optional(Type.Object({}, open)), strict: optional(Type.Boolean()) },
        open,
      ),
    ),
  },
  open,
)

export const ChatCompletionRequest = named(
  'ChatCompletionRequest',
  Type.Object(
    {
      model: optional(Type.String({ description: '`openclaw` (the default agent) or `openclaw/<agent>`.' })),
      messages: Type.Array(ref(ChatMessage), { minItems: 1 }),
      stream: optional(Type.Boolean()),
      stream_options: optional(Type.Object({ include_usage: optional(Type.Boolean()) }, open)),
      user: optional(
        Type.String({ description: 'Continues the session of this name. Absent: the call stands alone.' }),
      ),
      store: optional(Type.Boolean({ description: 'Keeps a call that stands alone as a session of its own.' })),
      n: optional(Type.Integer({ minimum: 1, maximum: 8, description: 'Choices; above 1 only without a session.' })),
      tools: optional(Type.Array(ref(ChatTool), { maxItems: 256 })),
      tool_choice: optional(ToolChoice),
      parallel_tool_calls: optional(Type.Boolean()),
      functions: optional(Type.Array(FunctionDefinition, { description: 'Deprecated form of `tools`.' })),
      function_call: optional(Type.Union([Type.String(), Type.Object({ name: Type.String() })])),
      max_completion_tokens: optional(Type.Integer({ minimum: 1 })),
      max_tokens: optional(Type.Integer({ minimum: 1 })),
      temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
      top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
      frequency_penalty: optional(Type.Number({ minimum: -2, maximum: 2 })),
      presence_penalty: optional(Type.Number({ minimum: -2, maximum: 2 })),
      seed: optional(Type.Integer()),
      stop: optional(
        Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { maxItems: 4 })]),
      ),
      response_format: optional(ResponseFormat),
      reasoning_effort: optional(Type.String()),
      logprobs: optional(Type.Boolean({ description: 'Only `false`.' })),
      metadata: optional(Type.Object({}, { ...open, description: 'Accepted and not used.' })),
    },
    { ...open, description: 'Null means not set. Unknown fields are ignored and never reach the model.' },
  ),
)
export type ChatCompletionRequest = Static<typeof ChatCompletionRequest>

export const CompletionUsage = named(
  'CompletionUsage',
  Type.Object({
    prompt_tokens: Type.Integer(),
    completion_tokens: Type.Integer(),
    total_tokens: Type.Integer(),
    prompt_tokens_details: Type.Object({ cached_tokens: Type.Integer() }),
    completion_tokens_details: Type.Object({ reasoning_tokens: Type.Integer() }),
  }),
)
export type CompletionUsage = Static<typeof CompletionUsage>

const finishReasons = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'] as const
const FunctionCall = Type.Object({ name: Type.String(), arguments: Type.String() })

export const ChatCompletionChoice = named(
  'ChatCompletionChoice',
  Type.Object({
    index: Type.Integer(),
    message: Type.Object({
      role: stringEnum(['assistant']),
      content: Nullable(Type.String(), { description: 'Null when the model only called tools or refused.' }),
      refusal: Nullable(Type.String()),
      annotations: Type.Array(Type.Object({}, open), { description: 'Always empty.' }),
      tool_calls: Type.Optional(Type.Array(ref(ChatToolCall))),
      function_call: Type.Optional(FunctionCall),
    }),
    logprobs: Type.Null(),
    finish_reason: stringEnum(finishReasons),
  }),
)

export const GatewayToolEvent = named(
  'GatewayToolEvent',
  Type.Object(
    {
      phase: stringEnum(['start', 'result']),
      index: Type.Integer({ description: 'The choice that it belongs to.' }),
      id: Type.String(),
      name: Type.String(),
      arguments: Type.Optional(Type.Unknown()),
      output: Type.Optional(Type.String()),
      is_error: Type.Optional(Type.Boolean()),
      duration_ms: Type.Optional(Type.Integer()),
    },
    { description: 'A call of one of the agent’s own tools, which the gateway runs itself.' },
  ),
)
export type GatewayToolEvent = Static<typeof GatewayToolEvent>

const answerHead = {
  id: Type.String({ description: 'Starts with `chatcmpl-`.' }),
  created: Type.Integer({ description: 'Seconds since the epoch.' }),
  model: Type.String({ description: 'As the request spelled it.' }),
  system_fingerprint: Type.String({ description: 'Changes with the version of the gateway.' }),
}

export const ChatCompletion = named(
  'ChatCompletion',
  Type.Object(
    {
      ...answerHead,
      object: stringEnum(['chat.completion']),
      choices: Type.Array(ref(ChatCompletionChoice)),
      usage: ref(CompletionUsage),
      x_openclaw_tools: Type.Optional(
        Type.Array(ref(GatewayToolEvent), {
          description: 'With `x-openclaw-tool-events`: what the agent did on the way.',
        }),
      ),
    },
    { description: 'A whole answer.' },
  ),
)
export type ChatCompletion = Static<typeof ChatCompletion>

const FunctionCallDelta = Type.Object({ name: Type.Optional(Type.String()), arguments: Type.Optional(Type.String()) })

export const ChatToolCallDelta = named(
  'ChatToolCallDelta',
  Type.Object(
    {
      index: Type.Integer(),
      id: Type.Optional(Type.String()),
      type: Type.Optional(stringEnum(['function'])),
      function: Type.Optional(FunctionCallDelta),
    },
    { description: 'A piece of a tool call: `id`, `type` and the name come once, the arguments bit by bit.' },
  ),
)

export const ChatCompletionChunk = named(
  'ChatCompletionChunk',
  Type.Object(
    {
      ...answerHead,
      object: stringEnum(['chat.completion.chunk']),
      choices: Type.Array(
        Type.Object({
          index: Type.Integer(),
          delta: Type.Object({
            role: Type.Optional(stringEnum(['assistant'])),
            content: Type.Optional(Type.String()),
            refusal: Type.Optional(Nullable(Type.String())),
            tool_calls: Type.Optional(Type.Array(ref(ChatToolCallDelta))),
            function_call: Type.Optional(FunctionCallDelta),
          }),
          logprobs: Type.Null(),
          finish_reason: Nullable(stringEnum(finishReasons), { description: 'Set in the last chunk of a choice.' }),
        }),
      ),
      x_openclaw_tool: Type.Optional(ref(GatewayToolEvent)),
      usage: Type.Optional(
        Nullable(ref(CompletionUsage), { description: 'With `include_usage`: null until the last chunk.' }),
      ),
    },
    { description: 'One event of a streamed answer.' },
  ),
)
