import type { ResolvedModel } from '../../models/types.js'
import { openTarget, type Target } from '../_call/target.js'

/** Where an OpenAI-compatible server is; its base URL may name the endpoint too. */
export function targetOf(model: ResolvedModel): Target {
  return openTarget(model, {
    headers: model.apiKey ? { authorization: `Bearer ${model.apiKey}` } : {},
    base: (path) => path.replace(/\/(chat\/completions|responses)$/, ''),
  })
}
