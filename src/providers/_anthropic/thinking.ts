import type { ModelMessage, ModelRequest } from '../../models/types.js'
import { type Quirks, thinkingStyle } from './quirks.js'

/** The API's least. */
const MIN_BUDGET = 1024

const budgets: ReadonlyMap<string, number> = new Map([
  ['minimal', 1024],
  ['low', 4096],
  ['medium', 10_000],
  ['high', 20_000],
  ['xhigh', 28_000],
  ['max', 28_000],
])

const efforts: ReadonlyMap<string, string> = new Map([
  ['minimal', 'low'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'max'],
  ['max', 'max'],
])

export interface Thinking {
  readonly thinking: object
  readonly effort?: string
}

/** How the request asks for thinking; undefined when it does not, or cannot. `maxTokens` covers thoughts and answer. */
export function thinkingOf(request: ModelRequest, maxTokens: number, quirks: Quirks): Thinking | undefined {
  const level = request.sampling.reasoningEffort
  if (level === undefined || request.model.compat?.supportsReasoningEffort === false) return undefined
  const style = thinkingStyle(request.model, quirks)
  const effort = efforts.get(level)
  if (effort === undefined || style === 'none') return undefined
  if (style === 'adaptive') return { thinking: { type: 'adaptive' }, effort }
  const budget = Math.min(budgets.get(level) ?? MIN_BUDGET, maxTokens - MIN_BUDGET)
  if (budget < MIN_BUDGET || forcesTool(request) || !tailIsSigned(request)) return undefined
  return { thinking: { type: 'enabled', budget_tokens: budget } }
}

/** A forced tool call leaves no room for thoughts; the API refuses both. */
function forcesTool({ toolChoice, tools }: ModelRequest): boolean {
  return tools.length > 0 && toolChoice !== undefined && toolChoice !== 'auto'
}

/**
 * While tool results are being brought, the API wants the thoughts that led to the calls. They are missing when another
 * model made the calls; then this turn goes on without thinking.
 */
function tailIsSigned({ messages, model }: ModelRequest): boolean {
  const last = messages.at(-1)
  if (last?.role !== 'tool') return true
  const caller = messages.findLast((message): message is ModelMessage & { role: 'assistant' } => {
    return message.role === 'assistant'
  })
  return caller?.replay?.ref === model.ref
}
