import type { RunFinal } from '../agents/types.js'
import { errorOfCode } from '../kernel/errors.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { Inbound } from './port.js'

/** How a message is answered. `failed`: with the reason why it is not. */
export interface Said {
  readonly text: string
  readonly failed?: boolean
}

/** The same as `saidBy`, of a turn that an earlier start has ended. */
export function saidAgain({ outcome, text }: RunAnswer, message: Inbound): Said {
  if (outcome.status === 'ok') return spoken(text, message)
  if (outcome.stopReason !== undefined) return { text: '' }
  return { text: `⚠️ ${errorOfCode(outcome.error).message}`, failed: true }
}

export function saidBy(final: RunFinal, message: Inbound): Said {
  if (final.type === 'end') return spoken(final.result.text, message)
  if (final.type === 'aborted') return { text: '' }
  return { text: `⚠️ ${final.error.message}`, failed: true }
}

/** Somebody who writes to the bot alone waits for an answer. */
function spoken(answer: string, { place }: Inbound): Said {
  const text = answer.trim()
  return { text: text === '' && place.kind === 'direct' ? 'There is no answer to that.' : text }
}
