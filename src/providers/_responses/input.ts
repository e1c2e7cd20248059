import type { ContentPart, ModelMessage } from '../../models/types.js'
import { plainText } from '../_content.js'

/** The conversation without system messages, as input items. */
export function inputItems(messages: readonly ModelMessage[], ref: string): object[] {
  return messages.flatMap((message) => itemsOf(message, ref))
}

function itemsOf(message: ModelMessage, ref: string): object[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return []
    case 'user':
      return [{ role: 'user', content: parts(message.content) }]
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCallId, output: parts(message.content) }]
    case 'assistant': {
      const { content, refusal, toolCalls = [], replay } = message
      const text = plainText(content) || (refusal ?? '')
      const thoughts = replay?.ref === ref ? (replay.parts as object[]) : []
      const said = text === '' && toolCalls.length > 0 ? [] : [{ role: 'assistant', content: text }]
      const calls = toolCalls.map(({ id, name, arguments: args }) => {
        return { type: 'function_call', call_id: id, name, arguments: args || '{}' }
      })
      return [...thoughts, ...said, ...calls]
    }
  }
}

/** A string where it can be one: imitations may know nothing else. */
function parts(content: readonly ContentPart[]): unknown {
  if (content.every(({ type }) => type === 'text')) return plainText(content)
  return content.map((part) =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : { type: 'input_image', image_url: `data:${part.mediaType};base64,${part.data}` },
  )
}
