import type { ContentPart, ModelFailure, ModelMessage, ModelRequest, ResolvedModel } from './types.js'

/** A failure when the prompt holds what the model is not configured to accept; better than sending it in vain. */
export function rejectedInput({ model, messages }: ModelRequest): ModelFailure | undefined {
  if (model.input.includes('image')) return undefined
  if (!messages.some((message) => message.content.some((part) => part.type === 'image'))) return undefined
  const path = `models.providers.${model.provider}.models`
  return {
    class: 'format',
    message: `${model.ref} is not configured for images: add "image" to its "input" under ${path}.`,
    said: 'the configured model does not accept images.',
    param: 'messages',
  }
}

/**
 * The messages as the model can take them: pictures that tools gave become words where it sees none. Without that, one
 * look at a picture would end every later turn of the session.
 */
export function seenBy(
  { input }: Pick<ResolvedModel, 'input'>,
  messages: readonly ModelMessage[],
): readonly ModelMessage[] {
  if (input.includes('image') || !messages.some(showsPicture)) return messages
  return messages.map((message) =>
    showsPicture(message) ? { ...message, content: message.content.map(inWords) } : message,
  )
}

const showsPicture = ({ role, content }: ModelMessage) =>
  role === 'tool' && content.some(({ type }) => type === 'image')

function inWords(part: ContentPart): ContentPart {
  if (part.type === 'text') return part
  return { type: 'text', text: `[a picture, ${part.mediaType}; this model cannot see pictures]` }
}
