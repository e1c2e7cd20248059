import type { ModelRequest, ModelTool } from '../../models/types.js'
import { plainText } from '../_content.js'
import { formatRequest } from '../_format.js'
import { wireContents } from './contents.js'

/** What an upstream turned out not to understand; learned from its refusals. */
export interface Quirks {
  readonly noThinking?: boolean
  /** Knows only the older `parameters` and `responseSchema`, which take a part of JSON Schema. */
  readonly plainSchema?: boolean
}

/** Thinking budgets in tokens, of models before Gemini 3. */
const budgets: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['minimal', 512],
  ['low', 1024],
  ['medium', 8192],
  ['high', 24_576],
  ['xhigh', 24_576],
  ['max', 24_576],
])

/** A generateContent request. */
export function requestBody(request: ModelRequest, quirks: Quirks): Record<string, unknown> {
  const { model, messages, tools } = request
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  return {
    ...model.params,
    ...(system.length > 0 && {
      systemInstruction: { parts: [{ text: system.map(({ content }) => plainText(content)).join('\n\n') }] },
    }),
    contents: wireContents(messages, model),
    ...(tools.length > 0 && {
      tools: [{ functionDeclarations: tools.map((tool) => wireTool(tool, quirks)) }],
      ...toolConfig(request),
    }),
    generationConfig: { ...settingsOf(model.params), ...generationConfig(request, quirks) },
  }
}

function settingsOf(params: ModelRequest['model']['params']): object {
  const { generationConfig } = params ?? {}
  return typeof generationConfig === 'object' && generationConfig !== null ? generationConfig : {}
}

function generationConfig(request: ModelRequest, quirks: Quirks): Record<string, unknown> {
  const { model, sampling } = request
  const { temperature, topP, stop, seed, frequencyPenalty, presencePenalty } = sampling
  const most = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, model.maxTokens ?? Number.POSITIVE_INFINITY)
  const format = formatRequest(sampling.responseFormat)
  const thinking = quirks.noThinking ? undefined : thinkingConfig(request)
  return {
    ...(Number.isFinite(most) && { maxOutputTokens: most }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop?.length && { stopSequences: stop }),
    ...(seed !== undefined && { seed }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(format && { responseMimeType: 'application/json' }),
    ...(format?.schema && { [quirks.plainSchema ? 'responseSchema' : 'responseJsonSchema']: format.schema }),
    ...(thinking && { thinkingConfig: thinking }),
  }
}

/** Gemini 3 thinks by level, the models before it by a budget. */
function thinkingConfig({ model, sampling: { reasoningEffort: level } }: ModelRequest): object | undefined {
  if (level === undefined || model.compat?.supportsReasoningEffort === false) return undefined
  const budget = budgets.get(level)
  if (budget === undefined) return undefined
  const includeThoughts = budget > 0
  if (!/gemini-[3-9]/.test(model.id)) return { thinkingBudget: budget, includeThoughts }
  return { thinkingLevel: level === 'medium' || budget > 1024 ? 'high' : 'low', includeThoughts }
}

function wireTool({ name, description, parameters }: ModelTool, { plainSchema }: Quirks): object {
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters && { [plainSchema ? 'parameters' : 'parametersJsonSchema']: parameters }),
  }
}

function toolConfig({ toolChoice: choice }: ModelRequest): object {
  if (choice === undefined || choice === 'auto') return {}
  const functionCallingConfig =
    typeof choice === 'object'
      ? { mode: 'ANY', allowedFunctionNames: [choice.name] }
      : { mode: choice === 'required' ? 'ANY' : 'NONE' }
  return { toolConfig: { functionCallingConfig } }
}
