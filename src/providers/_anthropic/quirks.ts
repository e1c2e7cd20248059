import type { ModelFailure, ResolvedModel } from '../../models/types.js'

/** How thinking is asked for: by a budget of tokens, by effort on newer models, or not at all. */
export type ThinkingStyle = 'budget' | 'adaptive' | 'none'

/** What an upstream turned out not to understand; learned from its refusals. */
export interface Quirks {
  /** Tokens; the model's own limit, where it is lower than what we ask for by default. */
  readonly maxTokens?: number
  readonly thinking?: ThinkingStyle
  /** Does not know `output_config.format`. */
  readonly noFormat?: boolean
}

/** Models that think by effort and no longer take a budget. */
const adaptive = /claude-(?:opus|sonnet|haiku)-(?:4-(?:[6-9]|\d\d(?!\d))|[5-9])/

export function thinkingStyle({ id }: ResolvedModel, { thinking }: Quirks): ThinkingStyle {
  return thinking ?? (adaptive.test(id) ? 'adaptive' : 'budget')
}

/** See `Wire.learn`. */
export function learn({ status, message }: ModelFailure, used: Quirks, model: ResolvedModel): Quirks | undefined {
  if (status !== 400 && status !== 422) return undefined
  // "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for ..."
  const limit = Number(/max_tokens: \d+ > (\d+)/.exec(message)?.[1])
  if (limit > 0 && used.maxTokens === undefined) return { ...used, maxTokens: limit }
  if (!used.noFormat && /output_config\.format|output_format|json_schema/.test(message)) {
    return { ...used, noFormat: true }
  }
  if (/thinking|budget_tokens|effort|output_config/.test(message)) return nextStyle(used, model)
  return undefined
}

function nextStyle(used: Quirks, model: ResolvedModel): Quirks | undefined {
  const style = thinkingStyle(model, used)
  if (style === 'none') return undefined
  // Whichever was tried first, the other one is tried once before it is given up.
  return { ...used, thinking: used.thinking ? 'none' : style === 'budget' ? 'adaptive' : 'budget' }
}
