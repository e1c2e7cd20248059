import type { ContentPart, ModelMessage } from '../../models/types.js'
import { cutMiddle } from '../../tools/_registry/truncate.js'
import { summaryOf } from './held.js'

/** Longest text of one tool result that goes into a summary, in characters. */
const maxResultChars = 2_000
const maxArgumentChars = 1_000

/** A conversation as plain text, one piece for each message. What stands there is told, not said: nobody obeys it. */
export function asText(messages: readonly ModelMessage[]): string[] {
  return messages.flatMap((message) => {
    if (summaryOf(message) !== undefined) return []
    const text = textOf(message.content)
    if (message.role === 'tool') return [`[Tool result] ${cutMiddle(text, maxResultChars)}`]
    if (message.role === 'user') return [`[User] ${text}`]
    if (message.role !== 'assistant') return []
    const calls = (message.toolCalls ?? []).map(
      ({ name, arguments: args }) => `[Assistant calls ${name}] ${cutMiddle(args, maxArgumentChars)}`,
    )
    return [...(text === '' ? [] : [`[Assistant] ${text}`]), ...calls]
  })
}

/** Joins pieces to parts of at most `limit` tokens each; a piece that is longer alone is cut in its middle. */
export function inParts(pieces: readonly string[], limit: number, tokensOf: (text: string) => number): string[] {
  const parts: string[] = []
  let open: string[] = []
  let size = 0
  for (const piece of pieces) {
    const tokens = tokensOf(piece)
    // A token has at most four characters by our estimate, so this fits.
    const fitting = tokens > limit ? cutMiddle(piece, Math.floor((piece.length * limit) / tokens)) : piece
    const more = Math.min(tokens, limit)
    if (size + more > limit && open.length > 0) {
      parts.push(open.join('\n\n'))
      open = []
      size = 0
    }
    open.push(fitting)
    size += more
  }
  if (open.length > 0) parts.push(open.join('\n\n'))
  return parts
}

function textOf(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : `[image ${part.mediaType}]`)).join('\n')
}
