import { randomUUID } from 'node:crypto'
import type messageMethods from '../../../routes/ws/message.js'
import type { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionValues } from '../define.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'
import { answerMs } from './options.js'

type Line = GatewayLine<typeof messageMethods>
type Asked = Parameters<(typeof messageMethods)['message.action']['handler']>[1]

/** Has the gateway do something in a chat. */
export function callAction(
  context: CommandContext,
  flags: OptionValues<typeof callOptions>,
  asked: Omit<Asked, 'idempotencyKey'>,
) {
  return withGateway(context, flags, { scopes: ['operator.write'] }, (gateway: Line) =>
    gateway.call(
      'message.action',
      { ...asked, idempotencyKey: randomUUID() },
      { timeoutMs: flags.timeout ?? answerMs },
    ),
  )
}
