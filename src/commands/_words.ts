import type { ContentPart } from '../../schemas/message.js'
import { textOf } from '../models/text-of.js'
import type { Message } from '../sessions/turns.js'

type Words = Pick<Message, 'content' | 'said'>

/** What the sender himself said. Commands are read nowhere else: what he quotes is said by others, with other rights. */
export function ownWords({ said, content }: Words): string {
  return said ?? textOf(content)
}

/** The content with other words in place of the sender's own, which stand at its end. */
export function withWords({ said, content }: Words, words: string): ContentPart[] {
  const others = content.filter(({ type }) => type !== 'text')
  if (said === undefined) return words === '' ? others : [{ type: 'text', text: words }, ...others]
  const last = content.findLastIndex(({ type }) => type === 'text')
  return content.flatMap((part, index) => {
    if (index !== last || part.type !== 'text' || !part.text.endsWith(said)) return [part]
    const text = (part.text.slice(0, part.text.length - said.length) + words).trimEnd()
    return text === '' ? [] : [{ ...part, text }]
  })
}
