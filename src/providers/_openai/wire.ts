import type { ModelFailure, ModelRequest } from '../../models/types.js'
import type { Wire } from '../_call/wire.js'
import { ChatReader } from './reply.js'
import { limitField, type Quirks, requestBody } from './request-body.js'
import { targetOf } from './target.js'

/** `POST /chat/completions`. */
export const chatCompletions: Wire<Quirks> = {
  framing: 'sse',
  endMark: 'finish_reason and [DONE]',
  baseHint: 'does the baseUrl point to the API (it often ends with /v1)?',
  quirks: {},
  target: targetOf,
  path: () => '/chat/completions',
  body: (request, { openAi }, quirks, once) => requestBody(request, openAi, quirks, once),
  read: (answer, makeId) => new ChatReader(answer, makeId),
  learn: (failure, used, request, { openAi }) => learn(failure, used, request, openAi),
}

const notKnown =
  /unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:be )?(?:supported|permitted|allowed|recogni[sz]ed)/i

function learn(failure: ModelFailure, used: Quirks, request: ModelRequest, openAi: boolean): Quirks | undefined {
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
