import { randomUUID } from 'node:crypto'
import type messageMethods from '../../../routes/ws/message.js'
import type { CommandContext } from '../context.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'
import type { MessageKey } from '../messages.js'
import { answerMs, needs, placeParams } from './options.js'

/** The flags that every act takes, parsed. */
export interface ActFlags {
  readonly channel: string | undefined
  readonly target: string | undefined
  readonly account: string | undefined
  readonly threadId: string | undefined
  readonly messageId: string | undefined
  readonly dryRun: boolean
  readonly json: boolean
  readonly timeout: number | undefined
  readonly url: string | undefined
  readonly port: number | undefined
  readonly token: string | undefined
  readonly password: string | undefined
  readonly tlsFingerprint: string | undefined
}

export interface Act {
  readonly action: 'react' | 'edit' | 'delete'
  /** What it needs besides a place and a message. */
  readonly params?: { readonly emoji?: string; readonly remove?: boolean; readonly message?: string }
  /** What is said when it was done. */
  readonly done: MessageKey & ('message.reacted' | 'message.unreacted' | 'message.edited' | 'message.deleted')
}

/** Does something to a message, or says what would be done. */
export async function act(context: CommandContext, flags: ActFlags, { action, params = {}, done }: Act): Promise<0> {
  const { out, t } = context
  const command = `message ${action}`
  const to = needs(context, command, '--target', flags.target)
  const messageId = needs(context, command, '--message-id', flags.messageId)
  const { threadId, ...where } = placeParams(flags)
  const asked = { ...where, action, params: { to, messageId, ...(threadId !== undefined && { threadId }), ...params } }
  if (flags.dryRun) {
    out.result({ ok: true, dryRun: true, ...asked }, () => [
      t('message.wouldAct', { action, id: messageId, target: to, channel: flags.channel ?? '?' }),
    ])
    return 0
  }
  const result = await withGateway(
    context,
    flags,
    { scopes: ['operator.write'] },
    (gateway: GatewayLine<typeof messageMethods>) =>
      gateway.call(
        'message.action',
        { ...asked, idempotencyKey: randomUUID() },
        { timeoutMs: flags.timeout ?? answerMs },
      ),
  )
  out.result(result, () => [t(done, { id: messageId, target: result.to, channel: result.channel })])
  return 0
}
