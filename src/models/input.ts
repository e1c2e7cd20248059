import type { ModelFailure, ModelRequest } from './types.js'

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
