import type { ContentPart } from '../../schemas/message.js'

/** The texts of a message, one after the other; images are left out. */
export function textOf(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
