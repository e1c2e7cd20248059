import { GatewayError } from '../../../src/kernel/errors.js'
import { checkImageTotal, type ImageLimits, readBase64Image } from '../../../src/models/image.js'
import type { ContentPart, ModelMessage } from '../../../src/models/types.js'

/** Reads a data: URL. Other schemes are refused: the gateway fetches nothing on a caller's word. */
export function readImage(url: string, param: string, limits: ImageLimits): ContentPart {
  const match = /^data:([a-z]+\/[\w.+-]+)(?:;[\w=.+-]+)*;base64,/i.exec(url)
  if (!match) throw new GatewayError('invalid_image_url', { param })
  return readBase64Image(url.slice(match[0].length), param, limits)
}

/** Images of the newest user message count; earlier ones were counted when they were new. */
export function checkImageBudget(messages: readonly ModelMessage[], limits: ImageLimits): void {
  const index = messages.findLastIndex((message) => message.role === 'user')
  checkImageTotal(messages[index]?.content ?? [], `messages[${index}].content`, limits)
}
