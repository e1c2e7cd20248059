import type { ModelRequest, ModelTool } from '../../models/types.js'
import { plainText } from '../_content.js'
import { formatRequest } from '../_format.js'
import { inputItems } from './input.js'

/** The API's least. */
const MIN_OUTPUT = 16

/** A request to /responses. */
export function requestBody(
  request: ModelRequest,
  openAi: boolean,
  { without }: { readonly without: readonly string[] },
): Record<string, unknown> {
  const { model, messages, tools, sampling } = request
  const body: Record<string, unknown> = { ...model.params, model: model.id, stream: request.stream, store: false }
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  if (system.length > 0) body.instructions = system.map(({ content }) => plainText(content)).join('\n\n')
  body.input = inputItems(messages, model.ref)
  const limit = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, model.maxTokens ?? Number.POSITIVE_INFINITY)
  if (Number.isFinite(limit)) body.max_output_tokens = Math.max(limit, MIN_OUTPUT)
  if (sampling.temperature !== undefined) body.temperature = sampling.temperature
  if (sampling.topP !== undefined) body.top_p = sampling.topP
  const effort = model.compat?.supportsReasoningEffort === false ? undefined : sampling.reasoningEffort
  if (effort !== undefined) {
    body.reasoning = { effort, ...(without.includes('reasoning.summary') ? {} : { summary: 'auto' }) }
  }
  // The thoughts come back sealed, and go with their tool calls into the next request.
  if (openAi) body.include = ['reasoning.encrypted_content']
  const format = formatRequest(sampling.responseFormat)
  if (format) body.text = { format: wireFormat(format) }
  if (tools.length > 0) {
    body.tools = tools.map((tool) => wireTool(tool, model.compat?.supportsStrictMode !== false))
    const choice = request.toolChoice
    if (choice !== undefined) {
      body.tool_choice = typeof choice === 'object' ? { type: 'function', name: choice.name } : choice
    }
    if (sampling.parallelToolCalls !== undefined) body.parallel_tool_calls = sampling.parallelToolCalls
  }
  for (const name of without) delete body[name]
  return body
}

function wireFormat({ schema, name, strict }: NonNullable<ReturnType<typeof formatRequest>>): object {
  if (!schema) return { type: 'json_object' }
  return { type: 'json_schema', name, schema, ...(strict !== undefined && { strict }) }
}

/** This API is strict unless told otherwise, and then refuses most schemas that are not written for it. */
function wireTool({ name, description, parameters, strict }: ModelTool, withStrict: boolean): object {
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    ...(withStrict && { strict: strict ?? false }),
  }
}
