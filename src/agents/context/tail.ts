import type { ModelMessage } from '../../models/types.js'
import { summaryOf } from './held.js'
import type { Sizes } from './sizes.js'

export interface TailLimits {
  /** Tokens of the newest messages that stay. */
  readonly tokens: number
  /** Newest turns that stay where they take up no more than twice as much. */
  readonly turns: number
}

/**
 * Where the part begins that stays as it is when the rest is summed up: at a message of a user if one is near, else at
 * an answer, so that no tool call is parted from its results. Undefined when there is nothing to sum up before it.
 * `head` messages at the beginning are no part of the conversation.
 */
export function tailStart(
  messages: readonly ModelMessage[],
  head: number,
  limits: TailLimits,
  sizes: Sizes,
): number | undefined {
  const start = reach(messages, head, limits, sizes)
  const from = messages.findIndex((message, index) => index >= start && begins(message))
  // Everything behind is one answer with its results, or one message: that much has to stay.
  const cut = from === -1 ? messages.findLastIndex(begins) : from
  const turn = messages.findIndex(({ role }, index) => index >= cut && role === 'user')
  const whole = turn > cut && sizes.sum(messages, turn) >= sizes.sum(messages, cut) / 2
  const first = whole ? turn : cut
  const dropped = messages.slice(head, first).filter((message) => summaryOf(message) === undefined)
  return dropped.length > 0 ? first : undefined
}

const begins = ({ role }: ModelMessage) => role === 'user' || role === 'assistant'

/** The oldest message that the limits let stay. */
function reach(messages: readonly ModelMessage[], head: number, { tokens, turns }: TailLimits, sizes: Sizes): number {
  let start = messages.length
  let size = 0
  let seen = 0
  for (let index = messages.length - 1; index >= head; index -= 1) {
    const message = messages[index] as ModelMessage
    size += sizes.of(message)
    if (size <= tokens) start = index
    if (message.role !== 'user' || seen >= turns) continue
    seen += 1
    if (size <= 2 * tokens) start = index
  }
  return start
}
