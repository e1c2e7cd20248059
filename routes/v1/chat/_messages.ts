import type { ChatCompletionRequest } from '../../../schemas/http/chat-completions.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import { defaultImageLimits, type ImageLimits } from '../../../src/models/image.js'
import type { ContentPart, ModelMessage, ToolCall } from '../../../src/models/types.js'
import { checkImageBudget, readImage } from './_images.js'

type WireMessage = ChatCompletionRequest['messages'][number]
type WirePart = Exclude<NonNullable<WireMessage['content']>, string>[number]

/**
 * Translates OpenAI's messages to the engine's. Throws with the exact `param` of what is wrong: nothing that a caller
 * sends is dropped in silence (spec/http.md sections 5.1 and 5.2).
 */
export function readMessages(
  messages: ChatCompletionRequest['messages'],
  limits: ImageLimits = defaultImageLimits,
): ModelMessage[] {
  const read = messages.map((message, index) => readMessage(message, `messages[${index}]`, limits))
  if (read.every((message) => isEmpty(message))) {
    throw new GatewayError('invalid_request', {
      message: 'At least one message must say something.',
      param: 'messages',
    })
  }
  checkImageBudget(read, limits)
  return read
}

function readMessage(message: WireMessage, path: string, limits: ImageLimits): ModelMessage {
  const content = readContent(message.content, message.role, `${path}.content`, limits)
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: message.role, content }
    case 'user':
      return { role: 'user', content, ...(message.name ? { name: message.name } : {}) }
    case 'assistant':
      return readAssistant(message, content, path)
    case 'tool':
      if (!message.tool_call_id) throw missing(`${path}.tool_call_id`)
      return { role: 'tool', toolCallId: message.tool_call_id, content }
    case 'function':
      if (!message.name) throw missing(`${path}.name`)
      return { role: 'tool', toolCallId: legacyCallId(message.name), content }
  }
}

function readAssistant(message: WireMessage, content: ContentPart[], path: string): ModelMessage {
  const calls: ToolCall[] = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
    id,
    name,
    arguments: args,
  }))
  if (message.function_call) {
    const { name, arguments: args } = message.function_call
    calls.push({ id: legacyCallId(name), name, arguments: args })
  }
  const repeated = calls.findIndex((call, index) => calls.findIndex(({ id }) => id === call.id) < index)
  if (repeated >= 0) {
    throw new GatewayError('invalid_request', {
      message: 'Two tool calls of one message have the same id.',
      param: `${path}.tool_calls[${repeated}].id`,
    })
  }
  return {
    role: 'assistant',
    content,
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
    ...(message.refusal ? { refusal: message.refusal } : {}),
  }
}

/** The deprecated function messages have no call ids; the name stands in on both sides. */
const legacyCallId = (name: string) => `call_function_${name}`

function readContent(content: WireMessage['content'], role: string, path: string, limits: ImageLimits): ContentPart[] {
  if (content === undefined || content === null) {
    if (role === 'assistant' || role === 'function') return []
    throw missing(path)
  }
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map((part, index) => readPart(part, role, `${path}[${index}]`, limits))
}

function readPart(part: WirePart, role: string, path: string, limits: ImageLimits): ContentPart {
  if (part.type === 'text') {
    if (part.text === undefined) throw missing(`${path}.text`)
    return { type: 'text', text: part.text }
  }
  if (part.type === 'refusal' && role === 'assistant') return { type: 'text', text: part.refusal ?? '' }
  if (part.type === 'image_url' && role === 'user') {
    const url = typeof part.image_url === 'string' ? part.image_url : part.image_url?.url
    if (url === undefined) throw missing(`${path}.image_url`)
    return readImage(url, `${path}.image_url`, limits)
  }
  throw new GatewayError('unsupported_value', {
    message: `Parts of type "${part.type.slice(0, 40)}" are not supported in ${role} messages.`,
    param: `${path}.type`,
  })
}

function isEmpty(message: ModelMessage): boolean {
  if (message.role === 'assistant' && message.toolCalls) return false
  return message.content.every((part) => part.type === 'text' && part.text.trim() === '')
}

function missing(param: string): GatewayError {
  return new GatewayError('invalid_request', { message: `\`${param}\` is required.`, param })
}
