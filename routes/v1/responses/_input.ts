import type { ResponseInputItem, ResponseInputPart, ResponseRequest } from '../../../schemas/http/responses.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { ImageLimits } from '../../../src/models/image.js'
import type { ContentPart, ModelMessage, ToolCall } from '../../../src/models/types.js'
import { checkImageBudget, readImage } from '../chat/_images.js'
import { noFileStore, readFile } from './_files.js'

/**
 * Translates OpenAI's input items to the engine's messages. `known` is the conversation that they go on from. Throws with
 * the `param` of what is wrong (spec/http.md 7.1).
 */
export function readInput(
  input: ResponseRequest['input'],
  known: readonly ModelMessage[],
  limits: ImageLimits,
): ModelMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: [{ type: 'text', text: input }] }]
  const messages: ModelMessage[] = []
  const calls = new Set(
    known.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : [])).map(({ id }) => id),
  )
  for (const [index, item] of input.entries()) readItem(item, `input[${index}]`, { messages, calls, limits })
  if (!messages.some(({ role, content }) => role === 'tool' || (role === 'user' && content.length > 0))) {
    throw new GatewayError('invalid_request', {
      message: 'The input must hold a user message or a tool result.',
      param: 'input',
    })
  }
  checkImageBudget(messages, limits)
  return messages
}

interface Reading {
  readonly messages: ModelMessage[]
  /** Ids of the tool calls that an output may answer. */
  readonly calls: Set<string>
  readonly limits: ImageLimits
}

function readItem(item: ResponseInputItem, path: string, reading: Reading): void {
  const { messages, calls, limits } = reading
  switch (item.type ?? 'message') {
    case 'message':
      messages.push(readMessage(item, path, limits))
      return
    case 'function_call':
      addCall(messages, readCall(item, path))
      calls.add(item.call_id ?? '')
      return
    case 'function_call_output':
      messages.push(readOutput(item, path, reading))
      return
    // Reasoning is the model's own and is not replayed; a reference names what is there already.
    case 'reasoning':
    case 'item_reference':
      return
    default:
      throw new GatewayError('unsupported_value', {
        message: `Items of type "${item.type?.slice(0, 40)}" are not supported.`,
        param: `${path}.type`,
      })
  }
}

function readMessage(item: ResponseInputItem, path: string, limits: ImageLimits): ModelMessage {
  if (item.role === undefined) throw missing(`${path}.role`)
  if (item.content === undefined || item.content === null) throw missing(`${path}.content`)
  return { role: item.role, content: readContent(item.content, item.role, `${path}.content`, limits) }
}

function readCall({ call_id: id, name, arguments: args }: ResponseInputItem, path: string): ToolCall {
  if (!id) throw missing(`${path}.call_id`)
  if (!name) throw missing(`${path}.name`)
  return { id, name, arguments: args ?? '' }
}

/** Calls that stand next to each other were made in one answer. */
function addCall(messages: ModelMessage[], call: ToolCall): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') messages.push({ role: 'assistant', content: [], toolCalls: [call] })
  else messages[messages.length - 1] = { ...last, toolCalls: [...(last.toolCalls ?? []), call] }
}

function readOutput(
  { call_id: id, output }: ResponseInputItem,
  path: string,
  { calls, limits }: Reading,
): ModelMessage {
  if (!id) throw missing(`${path}.call_id`)
  if (output === undefined) throw missing(`${path}.output`)
  if (!calls.has(id)) {
    throw new GatewayError('invalid_request', {
      message: `No tool call found for function call output with call_id ${id.slice(0, 100)}.`,
      param: `${path}.call_id`,
    })
  }
  return { role: 'tool', toolCallId: id, content: readContent(output, 'user', `${path}.output`, limits) }
}

function readContent(
  content: string | readonly ResponseInputPart[],
  role: string,
  path: string,
  limits: ImageLimits,
): ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map((part, index) => readPart(part, role, `${path}[${index}]`, limits))
}

function readPart(part: ResponseInputPart, role: string, path: string, limits: ImageLimits): ContentPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      if (part.text === undefined) throw missing(`${path}.text`)
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'text', text: part.refusal ?? '' }
    case 'input_image':
      if (role !== 'user') break
      return readImage(imageUrl(part, path), `${path}.image_url`, limits)
    case 'input_file':
      if (role !== 'user') break
      return readFile(part, path)
  }
  throw new GatewayError('unsupported_value', {
    message: `Parts of type "${part.type.slice(0, 40)}" are not supported in ${role} messages.`,
    param: `${path}.type`,
  })
}

function imageUrl({ image_url: url, file_id: fileId, source }: ResponseInputPart, path: string): string {
  if (url) return url
  if (source?.type === 'base64') return `data:${source.media_type ?? 'image/png'};base64,${source.data ?? ''}`
  if (source?.url) return source.url
  if (fileId) throw noFileStore(`${path}.file_id`)
  throw missing(`${path}.image_url`)
}

function missing(param: string): GatewayError {
  return new GatewayError('invalid_request', { message: `\`${param}\` is required.`, param })
}
