import type { Outbound } from '../port.js'
import type { Wanted } from '../runner.js'
import { chunkMarkdown } from './chunk.js'
import { cutsOf } from './shape-for.js'

type Letter = Omit<Outbound, 'key'>

/**
 * A message as the rows that are sent: each file for itself, and words that go in no request with a file too. What is
 * tried again repeats nothing of what the platform took. The first one quotes.
 */
export function letterParts(wanted: Wanted, { text, media = [], replyTo, ...rest }: Letter): Letter[] {
  const { limit, mode } = cutsOf(wanted)
  const { captions = 0 } = wanted.channel.capabilities
  const [first, ...more] = media
  // As with answers: not every platform shows words under what is heard.
  const caption = first && first.kind !== 'audio' && text.length <= captions ? text : ''
  const words = caption === text ? [] : chunkMarkdown(text, limit, mode)
  const files = [
    ...(first ? [{ text: caption, media: [first] }] : []),
    ...more.map((one) => ({ text: '', media: [one] })),
  ]
  const said = words.map((part) => ({ text: part }))
  const parts = files.length + said.length === 0 ? [{ text }] : [...files, ...said]
  return parts.map((part, index) => ({ ...rest, ...part, ...(index === 0 && replyTo !== undefined && { replyTo }) }))
}
