import type { ContentPart, ModelMessage } from '../../models/types.js'
import { keepEnds } from '../../tools/_registry/truncate.js'
import type { PruningSettings } from './settings.js'
import type { Sizes } from './sizes.js'

type ToolMessage = ModelMessage & { role: 'tool' }

/**
 * The messages as they are sent: long results of old tool calls shortened from a share of the window on, and left out,
 * the oldest first, where that is not enough. The newest answers with what belongs to them, and what comes before the
 * first message of a user, stay as they are. Gives the same list when nothing is to be done.
 */
export function pruned(
  messages: readonly ModelMessage[],
  window: number,
  settings: PruningSettings,
  sizes: Sizes,
  tools: number,
): readonly ModelMessage[] {
  let size = sizes.sum(messages) + tools
  if (size < settings.trimShare * window) return messages
  const shorter = [...messages]
  const old = oldResults(messages, settings.keepAnswers)
  const replace = (index: number, make: (message: ToolMessage) => ModelMessage) => {
    const before = shorter[index] as ToolMessage
    const after = make(before)
    if (sizes.of(after) >= sizes.of(before)) return
    shorter[index] = after
    size -= sizes.of(before) - sizes.of(after)
  }
  for (const index of old) replace(index, (message) => trimmed(message, settings))
  const { placeholder } = settings
  for (const index of placeholder === undefined ? [] : old) {
    if (size < settings.clearShare * window) break
    replace(index, (message) => ({ ...message, content: [{ type: 'text', text: placeholder ?? '' }] }))
  }
  return shorter
}

/** The messages with every long result shortened, new ones too: better than no answer at all. */
export function trimmedAll(messages: readonly ModelMessage[], settings: PruningSettings): readonly ModelMessage[] {
  return messages.map((message) => (message.role === 'tool' ? trimmed(message, settings) : message))
}

/** Numbers of the tool results that may be shortened, the oldest first. */
function oldResults(messages: readonly ModelMessage[], keepAnswers: number): number[] {
  const first = messages.findIndex(({ role }) => role === 'user')
  let end = messages.length
  for (let answers = 0; answers < keepAnswers && end > 0; ) {
    end -= 1
    if (messages[end]?.role === 'assistant') answers += 1
  }
  const found: number[] = []
  for (let index = Math.max(first, 0); index < end; index += 1) {
    if (messages[index]?.role === 'tool') found.push(index)
  }
  return found
}

function trimmed(message: ToolMessage, { maxChars, headChars, tailChars }: PruningSettings): ToolMessage {
  const long = message.content.some((part) => part.type === 'text' && part.text.length > maxChars)
  if (!long) return message
  const content = message.content.map((part): ContentPart => {
    if (part.type !== 'text' || part.text.length <= maxChars) return part
    return { type: 'text', text: keepEnds(part.text, headChars, tailChars) }
  })
  return { ...message, content }
}
