import type { ContentPart, ModelMessage } from '../models/types.js'

/** What belongs to the conversation itself, where an API keeps instructions apart. */
export type Spoken = Exclude<ModelMessage, { role: 'system' | 'developer' }>

export function isSpoken(message: ModelMessage): message is Spoken {
  return message.role !== 'system' && message.role !== 'developer'
}

/** For APIs that refuse messages without content. */
export const NOTHING = '(nothing)'

/** The texts of a message, one below the other. */
export function plainText(parts: readonly ContentPart[]): string {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
