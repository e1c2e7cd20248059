import { Type } from '../../schemas/type.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { randomId } from '../../src/kernel/random-id.js'
import { type FileToSend, outboundFile } from '../../src/live/chat-files.js'
import { callerKey } from './_caller-key.js'
import { chatPlace, Placed, placed, Where, word } from './_chat.js'
import { family, method } from './_method.js'

/** Base64, within what a frame may hold. */
const maxBufferChars = 24 * 1024 ** 2

export default family({
  send: method({
    summary: 'Sends a message to a chat',
    description:
      'No agent sees it. It is on disk before it is sent; the answer comes when the platform has taken it, after 20 s at most. The same key is sent once.',
    scope: 'operator.write',
    idempotent: 'durable',
    params: Type.Object({
      ...Where,
      message: Type.Optional(Type.String({ maxLength: 100_000, description: 'Needed unless there is a file.' })),
      buffer: Type.Optional(
        Type.String({ minLength: 1, maxLength: maxBufferChars, description: 'A file, in base64; at most 18 MB.' }),
      ),
      filename: word('Of the file.'),
      asVoice: Type.Optional(Type.Boolean({ description: 'The file is a voice message.' })),
      forceDocument: Type.Optional(
        Type.Boolean({ description: 'The file is shown as one, also when it is a picture.' }),
      ),
      mediaUrl: Type.Optional(Type.String({ description: 'Not supported: send the file itself.' })),
      mediaUrls: Type.Optional(Type.Array(Type.String(), { description: 'Not supported: send the file itself.' })),
      replyToId: word('The message that is quoted.'),
      silent: Type.Optional(Type.Boolean({ description: 'Without a sound, where the platform knows that.' })),
      idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    result: Type.Object({
      runId: Type.String(),
      messageId: Type.String({ description: 'On the platform.' }),
      ...Placed,
    }),
    async handler({ runtime, signal, caller }, { message = '', replyToId, silent, idempotencyKey, ...params }) {
      if (params.mediaUrl !== undefined || (params.mediaUrls ?? []).length > 0) {
        const param = params.mediaUrl === undefined ? 'mediaUrls' : 'mediaUrl'
        throw new GatewayError('unsupported_parameter', {
          message: `"${param}" is not supported: the gateway fetches nothing for a message. Send the file as "buffer".`,
          param,
        })
      }
      const file = fileOf(params)
      if (message === '' && !file) {
        throw new GatewayError('invalid_request', { message: 'send needs message or buffer.', param: 'message' })
      }
      const { channels, route } = await chatPlace(runtime, params)
      const letter = {
        text: message,
        ...(file && { media: [await outboundFile(channels, route, file)] }),
        ...(replyToId && { replyTo: replyToId }),
        ...(silent && { silent }),
      }
      const messageId = await channels.deliver(route, callerKey('send', caller, idempotencyKey), letter, signal)
      return { runId: `send_${randomId()}`, messageId, ...placed(route) }
    },
  }),
})

interface FileParams {
  readonly buffer?: string
  readonly filename?: string
  readonly asVoice?: boolean
  readonly forceDocument?: boolean
}

function fileOf({ buffer, filename = 'file', asVoice, forceDocument }: FileParams): FileToSend | undefined {
  if (buffer === undefined) return undefined
  const text = buffer.replace(/^data:[^,]*;base64,/, '')
  // Spaces at the end stand behind `=` alone: two places for them would be tried in each combination.
  if (!/^[A-Za-z0-9+/_\s-]+(?:=\s*){0,2}$/.test(text)) {
    throw new GatewayError('invalid_request', { message: 'buffer must be a file in base64.', param: 'buffer' })
  }
  return { name: filename, bytes: Buffer.from(text, 'base64'), asVoice, asDocument: forceDocument }
}
