import type { ContentPart } from '../../schemas/message.js'
import { textOf } from '../models/text-of.js'
import type { Message } from '../sessions/turns.js'

type Words = Pick<Message, 'content' | 'said'>

/** What the sender himself said. Commands are read nowhere else: what he quotes is said by others, with other rights. */
export function ownWords({ said, content }: Words): string {
  return said ?? textOf(content)
}

/** The content with other words in place of the sender's own, which stand at its end; undefined when they do not. */
export function withWords({ said, content }: Words, words: string): readonly ContentPart[] | undefined {
  if (said === undefined) return inWords(content, words)
  const last = content.findLastIndex(({ type }) => type === 'text')
  const part = content[last]
  if (part?.type !== 'text' || !part.text.endsWith(said)) return undefined
  const text = (part.text.slice(0, part.text.length - said.length) + words).trimEnd()
  return content.flatMap((other, index) => (index !== last ? [other] : text === '' ? [] : [{ ...part, text }]))
}

/** These words in place of all that there are. */
export function inWords(content: readonly ContentPart[], words: string): readonly ContentPart[] {
  const others = content.filter(({ type }) => type !== 'text')
  return words === '' ? others : [{ type: 'text', text: words }, ...others]
}

/** The run that answers what stands behind a command such as `/new`. */
export const runBehind = (runId: string) => `${runId}:prompt`
