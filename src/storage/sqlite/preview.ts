import type { ModelMessage } from '../../../schemas/message.js'
import type { TranscriptBody } from '../types.js'

/** Characters of the words that stand for a session in lists. */
const titleLength = 60
const previewLength = 160

export interface Words {
  /** First words of the first user message among the bodies. */
  readonly title: string | null
  /** First words of the last message. */
  readonly preview: string | null
}

/** What lists show of new transcript entries. */
export function wordsOf(bodies: readonly TranscriptBody[]): Words {
  const messages = bodies.flatMap((body) => (body.kind === 'message' ? [body.message] : []))
  const spoken = messages.filter(({ role }) => role === 'user' || role === 'assistant')
  const conversation = bodies.flatMap((body) => (body.kind === 'message' && !body.command ? [body.message] : []))
  const asked = conversation.find(({ role, content }) => role === 'user' && content.length > 0)
  return { title: cut(textOf(asked), titleLength), preview: cut(textOf(spoken.at(-1)), previewLength) }
}

/** What a search looks through. */
export function searchText(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter(Boolean).join('\n').toLowerCase()
}

function textOf(message: ModelMessage | undefined): string {
  return (message?.content ?? []).map((part) => (part.type === 'text' ? part.text : '[image]')).join(' ')
}

/** One line, never ending in half a character. */
function cut(text: string, length: number): string | null {
  // No more of a long text is looked at than could be shown.
  const line = text
    .slice(0, length * 4)
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (line === '') return null
  const characters = Array.from(line)
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}
