import type { FailureClass } from '../../models/types.js'

/** Statuses that have a meaning of their own (spec/config.md section 11.3, spec/runtime.md section 3.3). */
const byStatus: Readonly<Record<number, FailureClass>> = {
  401: 'auth',
  402: 'billing',
  403: 'auth',
  404: 'not_found',
  405: 'not_found',
  408: 'timeout',
  410: 'not_found',
  429: 'rate_limit',
  499: 'timeout',
  503: 'overloaded',
  504: 'timeout',
  522: 'timeout',
  524: 'timeout',
  529: 'overloaded',
}

const overflow =
  /context[ _-]?(length|window|size|limit)|maximum context|too many (input )?tokens|(prompt|input|request)[ _](is )?too[ _](long|large)|reduce the length|exceeds? the (model'?s )?max|num_ctx|max(imum)?[ _]model[ _]len/i
/** Not just "billing": OpenAI's plain rate limits link to the billing page. */
const billing =
  /insufficient[ _](quota|balance|credits?|funds)|credit balance|plan and billing|billing[ _](hard|not|is not|disabled)|payment required|out of credits/i
/** Google's free tier: its sentence is that of an empty OpenAI account, but it passes by itself. */
const passingQuota = /RESOURCE_EXHAUSTED/
const badKey = /api[ _]key (is )?(not valid|invalid|expired)|invalid api key|API_KEY_INVALID/i
const unknownModel =
  /model[ _]not[ _]found|model .{0,80}(does not|doesn't) exist|no such model|unknown model|model .{0,80} not found/i
const refusal = /content[ _](filter|policy)|safety|moderation|responsible ai/i

/**
 * The class of an error answer. `text` is what it says: code, type and message. A 5xx is looked into as well, since
 * local servers answer an overlong prompt with 500.
 */
export function classify(status: number, text: string): FailureClass {
  const inBody = status === 400 || status === 413 || status === 422 || status >= 500
  if (inBody && overflow.test(text)) return 'overflow'
  if ((status === 429 || status === 403 || status === 400) && billing.test(text)) {
    return passingQuota.test(text) ? 'rate_limit' : 'billing'
  }
  if (status === 400 && badKey.test(text)) return 'auth'
  const known = byStatus[status]
  if (known) return known
  if (status >= 500) return 'server'
  if (status < 400) return 'server'
  if (unknownModel.test(text)) return 'not_found'
  return refusal.test(text) ? 'refusal' : 'format'
}

const byWord: readonly [RegExp, number][] = [
  [/insufficient[ _](quota|balance|credits?)|credit balance/i, 402],
  [/rate[ _]?limit|too many requests|concurren/i, 429],
  [/overloaded|capacity|busy/i, 529],
  [/auth|api[ _]?key|permission/i, 401],
  [/timed? ?out/i, 504],
  [/not[ _]found/i, 404],
  [/invalid[ _](request|prompt)|bad[ _]request|context[ _]length/i, 400],
]

/** A status for an error that came without one, inside a stream: a numeric code, else what its words mean. */
export function statusOf(code: unknown, words: string): number {
  const number = Number(code)
  if (Number.isInteger(number) && number >= 400 && number < 600) return number
  return byWord.find(([pattern]) => pattern.test(words))?.[1] ?? 500
}

/** Whether the same request may succeed a moment later. */
export function isPassing(status: number, kind: FailureClass): boolean {
  if (kind === 'rate_limit' || kind === 'overloaded') return true
  return (kind === 'server' || kind === 'timeout') && (status >= 500 || status === 408) && status !== 501
}
