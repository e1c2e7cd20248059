import type { ContentPart, ModelMessage, ModelRequest, ModelTool } from '../../models/types.js'
import type { WriteOnce } from '../_call/body-text.js'
import { plainText } from '../_content.js'

/** What an upstream turned out not to understand; learned from its refusals. */
export interface Quirks {
  /** Does not know `stream_options`. */
  readonly noUsageOption?: boolean
  /** Wants the other one of `max_tokens` and `max_completion_tokens`. */
  readonly otherLimitField?: boolean
}

/** A chat completion request. */
export function requestBody(
  request: ModelRequest,
  openAi: boolean,
  quirks: Quirks,
  once: WriteOnce,
): Record<string, unknown> {
  const { model, sampling, tools } = request
  const compat = model.compat ?? {}
  const body: Record<string, unknown> = { ...model.params, model: model.id, stream: request.stream }
  body.messages = wireMessages(request.messages, compat.supportsDeveloperRole ?? openAi)
  if (request.stream && !quirks.noUsageOption && compat.supportsUsageInStreaming !== false) {
    body.stream_options = { include_usage: true }
  }
  const limit = smaller(sampling.maxTokens, model.maxTokens)
  if (limit !== undefined) body[limitField(request, openAi, quirks)] = limit
  set(body, 'temperature', sampling.temperature)
  set(body, 'top_p', sampling.topP)
  set(body, 'frequency_penalty', sampling.frequencyPenalty)
  set(body, 'presence_penalty', sampling.presencePenalty)
  set(body, 'seed', sampling.seed)
  set(body, 'stop', sampling.stop?.length ? sampling.stop : undefined)
  set(body, 'response_format', sampling.responseFormat)
  if (compat.supportsReasoningEffort !== false) set(body, 'reasoning_effort', sampling.reasoningEffort)
  if (tools.length > 0) {
    body.tools = once(tools, () => tools.map((tool) => wireTool(tool, compat.supportsStrictMode !== false)))
    set(body, 'tool_choice', wireChoice(request.toolChoice))
    set(body, 'parallel_tool_calls', sampling.parallelToolCalls)
  }
  return body
}

function set(body: Record<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) body[key] = value
}

function smaller(asked: number | undefined, most: number | undefined): number | undefined {
  return asked === undefined || most === undefined ? (asked ?? most) : Math.min(asked, most)
}

/** OpenAI's newer models refuse `max_tokens`; most others know nothing else (spec/config.md section 11.1). */
export function limitField({ model }: ModelRequest, openAi: boolean, quirks: Quirks): string {
  const field = model.compat?.maxTokensField ?? (openAi ? 'max_completion_tokens' : 'max_tokens')
  if (!quirks.otherLimitField) return field
  return field === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
}

function wireTool({ name, description, parameters, strict }: ModelTool, withStrict: boolean) {
  const shape: Record<string, unknown> = { name, parameters: parameters ?? { type: 'object', properties: {} } }
  set(shape, 'description', description)
  if (withStrict) set(shape, 'strict', strict)
  return { type: 'function', function: shape }
}

function wireChoice(choice: ModelRequest['toolChoice']) {
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice
}

function wireMessages(messages: readonly ModelMessage[], developerRole: boolean): unknown[] {
  const wire: unknown[] = []
  // Tool messages carry text only, and nothing may stand between them: their images follow the last one.
  let toolImages: ContentPart[] = []
  for (const message of messages) {
    if (message.role !== 'tool' && toolImages.length > 0) {
      wire.push({ role: 'user', content: wireParts(toolImages) })
      toolImages = []
    }
    wire.push(wireMessage(message, developerRole))
    if (message.role === 'tool') toolImages.push(...message.content.filter((part) => part.type === 'image'))
  }
  if (toolImages.length > 0) wire.push({ role: 'user', content: wireParts(toolImages) })
  return wire
}

function wireMessage(message: ModelMessage, developerRole: boolean): unknown {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: plainText(message.content) }
    case 'developer':
      return { role: developerRole ? 'developer' : 'system', content: plainText(message.content) }
    case 'user':
      return { role: 'user', content: wireParts(message.content), name: message.name }
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: plainText(message.content) }
    case 'assistant': {
      const text = plainText(message.content)
      const calls = message.toolCalls?.map(({ id, name, arguments: args }) => ({
        id,
        type: 'function',
        // Chat templates of local models parse it: an empty text would break them.
        function: { name, arguments: args || '{}' },
      }))
      if (!calls?.length) return { role: 'assistant', content: text, refusal: message.refusal }
      return { role: 'assistant', content: text || null, tool_calls: calls }
    }
  }
}

/** A string where it can be one: many servers know nothing else. */
function wireParts(parts: readonly ContentPart[]): unknown {
  const [only] = parts
  if (parts.length === 0) return ''
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.data}` } },
  )
}
