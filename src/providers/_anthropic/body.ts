import type { ModelMessage, ModelRequest, ModelTool } from '../../models/types.js'
import { plainText } from '../_content.js'
import { formatRequest } from '../_format.js'
import { type Block, type WireMessage, wireMessages } from './messages.js'
import type { Quirks } from './quirks.js'
import { thinkingOf } from './thinking.js'

/** The API wants a limit. Models that cannot write as much say so, and it is learned. */
const MAX_TOKENS = 32_000

/** A Messages request. */
export function requestBody(request: ModelRequest, anthropic: boolean, quirks: Quirks): Record<string, unknown> {
  const { model, sampling, messages } = request
  const asked = Math.min(sampling.maxTokens ?? model.maxTokens ?? MAX_TOKENS, model.maxTokens ?? MAX_TOKENS)
  const maxTokens = Math.min(asked, quirks.maxTokens ?? asked)
  const think = thinkingOf(request, maxTokens, quirks)
  const format = formatRequest(sampling.responseFormat)
  const schema = quirks.noFormat ? undefined : format?.schema
  const system = systemBlocks(messages, schema ? undefined : format?.words)
  const conversation = wireMessages(messages, model.ref)
  const tools = wireTools(request)
  if (model.compat?.supportsPromptCache ?? anthropic) markForCache(system, tools, conversation)
  const config = {
    ...(think?.effort && { effort: think.effort }),
    ...(schema && { format: { type: 'json_schema', schema } }),
  }
  return {
    ...model.params,
    model: model.id,
    stream: request.stream,
    max_tokens: maxTokens,
    ...(system.length > 0 && { system }),
    messages: conversation,
    ...(tools.length > 0 && { tools, ...toolChoice(request) }),
    // Thoughts want the model's own temperature.
    ...(think ? { thinking: think.thinking } : warmth(request)),
    ...(sampling.stop?.length && { stop_sequences: sampling.stop.filter((stop) => stop.trim() !== '') }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
  }
}

function systemBlocks(messages: readonly ModelMessage[], words: string | undefined): Block[] {
  const texts = messages.flatMap((message) =>
    message.role === 'system' || message.role === 'developer' ? [plainText(message.content)] : [],
  )
  return [...texts, words ?? ''].filter((text) => text.trim() !== '').map((text) => ({ type: 'text', text }))
}

/** Newer models refuse both at once. */
function warmth({ sampling: { temperature, topP } }: ModelRequest): Record<string, unknown> {
  if (temperature !== undefined) return { temperature: Math.min(temperature, 1) }
  return topP === undefined ? {} : { top_p: topP }
}

function wireTools({ tools, messages, model }: ModelRequest): Block[] {
  if (tools.length > 0) return tools.map((tool) => wireTool(tool, model.compat?.supportsStrictMode === true))
  // Calls in the conversation want definitions, also when none may be called now.
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []))
  return [...new Set(calls.map(({ name }) => name))].map((name) => wireTool({ name }, false))
}

function wireTool({ name, description, parameters, strict }: ModelTool, withStrict: boolean): Block {
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: { type: 'object', properties: {}, ...parameters },
    ...(withStrict && strict !== undefined && { strict }),
  }
}

function toolChoice({ toolChoice: choice, tools, sampling }: ModelRequest): Record<string, unknown> {
  if (tools.length === 0) return { tool_choice: { type: 'none' } }
  const single = sampling.parallelToolCalls === false ? { disable_parallel_tool_use: true } : {}
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.name, ...single } }
  if (choice === 'required') return { tool_choice: { type: 'any', ...single } }
  return choice === 'auto' || sampling.parallelToolCalls === false ? { tool_choice: { type: 'auto', ...single } } : {}
}

/**
 * Marks where the provider may cache the prompt up to: after what is the same in every turn, and after the whole
 * conversation, which the next turn begins with.
 */
function markForCache(system: readonly Block[], tools: readonly Block[], conversation: readonly WireMessage[]): void {
  const stable = system.at(-1) ?? tools.at(-1)
  const last = conversation.at(-1)
  const marks = [stable, last?.role === 'user' ? last.content.at(-1) : undefined]
  for (const block of marks) if (block) block.cache_control = { type: 'ephemeral' }
}
