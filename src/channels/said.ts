import type { RunFinal } from '../agents/types.js'
import { errorOfCode } from '../kernel/errors.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { Inbound } from './port.js'
import { restOf, restOfLast, type Told } from './trace.js'

/** How a message is answered. */
export interface Said {
  readonly text: string
  /** With the reason why it is not. */
  readonly failed?: boolean
  /** Its beginning stands in the chat. */
  readonly continues?: boolean
}

/** The turn that answers, and what was said of its answer in blocks. */
export interface SaidFacts {
  readonly runId: string
  readonly told: Told | undefined
}

/** The same as `saidBy`, of a turn that an earlier start has ended. */
export function saidAgain({ outcome, text }: RunAnswer, message: Inbound, { runId, told }: SaidFacts): Said {
  if (outcome.status === 'ok') return spoken(restOfLast(text, runId, told), message, told?.runId === runId)
  if (outcome.stopReason !== undefined) return { text: '' }
  return { text: `⚠️ ${errorOfCode(outcome.error).message}`, failed: true }
}

export function saidBy(final: RunFinal, message: Inbound, { runId, told }: SaidFacts): Said {
  if (final.type === 'end') return spoken(restOf(final.result.text, runId, told), message, told?.runId === runId)
  if (final.type === 'aborted') return { text: '' }
  return { text: `⚠️ ${final.error.message}`, failed: true }
}

/** Somebody who writes to the bot alone waits for an answer. */
function spoken(answer: string, { place }: Inbound, continues: boolean): Said {
  const text = answer.trim()
  if (continues) return { text, continues }
  return { text: text === '' && place.kind === 'direct' ? 'There is no answer to that.' : text }
}
