import type { ContentPart } from '../../schemas/message.js'
import type { Attachment } from '../../schemas/ws/attachment.js'
import type { ChatSendResult } from '../../schemas/ws/chat.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { checkImageTotal, defaultImageLimits, readBase64Image } from '../../src/models/image.js'
import { runOutcome } from '../../src/sessions/run-outcome.js'
import type { Sent } from '../../src/sessions/turns.js'

/** What a user says: words, then images. Throws `unsupported_value` for attachments that are no images. */
export function contentOf(message: string, attachments: readonly Attachment[] = []): ContentPart[] {
  const images = attachments.map((attachment, index) => imageOf(attachment, `attachments[${index}]`))
  checkImageTotal(images, 'attachments', defaultImageLimits)
  return [...(message.trim() === '' ? [] : [{ type: 'text' as const, text: message }]), ...images]
}

function imageOf({ type, mimeType, fileName, content }: Attachment, param: string): ContentPart {
  const what = mimeType ?? type ?? 'unknown'
  if (!what.startsWith('image')) {
    throw new GatewayError('unsupported_value', {
      message: `Only images can be attached; ${fileName ?? param} is ${what.slice(0, 60)}.`,
      param,
    })
  }
  if (typeof content !== 'string') {
    throw new GatewayError('invalid_base64_image', {
      message: `${param}.content must be the image in base64.`,
      param: `${param}.content`,
    })
  }
  return readBase64Image(content.replace(/^data:[^,]*;base64,/, ''), `${param}.content`, defaultImageLimits)
}

/** What a caller hears of its message. */
export function sentResult(sent: Sent): ChatSendResult {
  const { runId } = sent
  if (sent.status === 'started') return { runId, status: 'started' }
  const outcome = runOutcome(sent.run)
  if (!outcome) return { runId, status: 'in_flight' }
  return { runId, status: outcome.status, ...(outcome.error !== undefined && { error: outcome.error }) }
}

/** Answers go to the channel of a conversation once there are channels. Throws `unsupported_parameter`. */
export function refuseDelivery(deliver: boolean | undefined): void {
  if (!deliver) return
  throw new GatewayError('unsupported_parameter', {
    message: '"deliver" needs a channel, and there is none. Remove it.',
  })
}
