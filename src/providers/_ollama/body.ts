import type { ContentPart, ModelMessage, ModelRequest } from '../../models/types.js'
import { plainText } from '../_content.js'
import { formatRequest } from '../_format.js'
import { argumentsObject } from '../_json.js'

/** What a model turned out not to do; learned from its refusals. */
export interface Quirks {
  readonly noThinking?: boolean
}

/** Fields of the request itself; all others that the config names are `options`. */
const fields = new Set(['keep_alive', 'think', 'format', 'options', 'template'])

/** A chat request. */
export function requestBody(request: ModelRequest, { noThinking }: Quirks): Record<string, unknown> {
  const { model, tools, sampling, messages } = request
  const params = Object.entries(model.params ?? {})
  const format = formatRequest(sampling.responseFormat)
  const think = noThinking ? undefined : thinkOf(request)
  return {
    ...Object.fromEntries(params.filter(([name]) => fields.has(name))),
    model: model.id,
    stream: request.stream,
    messages: wireMessages(messages),
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: wireTool(tool) })) }),
    ...(format && { format: format.schema ?? 'json' }),
    ...(think !== undefined && { think }),
    options: {
      ...Object.fromEntries(params.filter(([name]) => !fields.has(name))),
      ...optionsIn(model.params?.options),
      ...options(request),
    },
  }
}

function optionsIn(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function options({ model, sampling }: ModelRequest): Record<string, unknown> {
  const { temperature, topP, seed, stop, frequencyPenalty, presencePenalty } = sampling
  const most = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, model.maxTokens ?? Number.POSITIVE_INFINITY)
  return {
    // Without it Ollama takes a few thousand tokens and drops the beginning of the prompt without a word.
    ...(model.contextWindow !== undefined && { num_ctx: model.contextWindow }),
    ...(Number.isFinite(most) && { num_predict: most }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(stop?.length && { stop }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
  }
}

/** gpt-oss thinks in levels, all other models do or do not. */
function thinkOf({ model, sampling: { reasoningEffort: level } }: ModelRequest): boolean | string | undefined {
  if (level === undefined || model.compat?.supportsReasoningEffort === false) return undefined
  if (!model.id.includes('gpt-oss')) return level !== 'none'
  if (level === 'low' || level === 'medium') return level
  return level === 'none' || level === 'minimal' ? 'low' : 'high'
}

function wireTool({ name, description, parameters }: ModelRequest['tools'][number]): object {
  return {
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
  }
}

function wireMessages(messages: readonly ModelMessage[]): object[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    const content = plainText(message.content)
    const images = message.content.flatMap((part: ContentPart) => (part.type === 'image' ? [part.data] : []))
    const seen = images.length > 0 ? { images } : {}
    switch (message.role) {
      case 'tool':
        return { role: 'tool', content, tool_name: names.get(message.toolCallId) ?? '', ...seen }
      case 'assistant': {
        for (const { id, name } of message.toolCalls ?? []) names.set(id, name)
        const calls = message.toolCalls?.map(({ name, arguments: args }) => {
          return { function: { name, arguments: argumentsObject(args) } }
        })
        return { role: 'assistant', content: content || (message.refusal ?? ''), ...(calls && { tool_calls: calls }) }
      }
      case 'user':
        return { role: 'user', content, ...seen }
      default:
        return { role: 'system', content }
    }
  })
}
