import type { ModelFailure, ModelRequest, ResolvedModel } from '../../models/types.js'
import { Failures } from './failures.js'
import { limitField, type Quirks } from './request-body.js'
import { type Target, targetOf } from './target.js'

/** One resolved model at its upstream, with what has been learned of it. Lives as long as the resolved model. */
export interface Deployment {
  readonly target: Target
  readonly failures: Failures
  quirks: Quirks
}

export function openDeployment(model: ResolvedModel): Deployment {
  const target = targetOf(model)
  return { target, failures: new Failures(model, target.host), quirks: {} }
}

const notKnown =
  /unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:be )?(?:supported|permitted|allowed|recogni[sz]ed)/i

/**
 * What to do differently after this refusal of a request that was made with `used`; undefined when the refusal is
 * about something else. Each quirk is learned once, so a caller that repeats on every lesson comes to an end.
 */
export function learn(failure: ModelFailure, used: Quirks, request: ModelRequest, openAi: boolean): Quirks | undefined {
  const { status, message } = failure
  if (status !== 400 && status !== 422) return undefined
  if (request.stream && !used.noUsageOption && /stream_options|include_usage/.test(message)) {
    return { ...used, noUsageOption: true }
  }
  const names = new RegExp(`\\b${limitField(request, openAi, used)}\\b`)
  if (!used.otherLimitField && names.test(message) && notKnown.test(message)) {
    return { ...used, otherLimitField: true }
  }
  return undefined
}
