import type { CommandContext } from '../context.js'
import type { OptionDefinitions, OptionValues } from '../define.js'
import type { MessageKey } from '../messages.js'
import { callAction } from './call-action.js'
import { lastOptions, messageIdOption, needs, placeOptions, placeParams } from './options.js'

/** The flags that every act takes. */
export const actOptions = { ...placeOptions, ...messageIdOption, ...lastOptions } as const satisfies OptionDefinitions

export interface Act {
  readonly action: 'react' | 'edit' | 'delete' | 'pin' | 'unpin'
  /** What it needs besides a place and a message. */
  readonly params?: { readonly emoji?: string; readonly remove?: boolean; readonly message?: string }
  /** What is said when it was done. */
  readonly done: MessageKey & `message.${'reacted' | 'unreacted' | 'edited' | 'deleted' | 'pinned' | 'unpinned'}`
}

/** Does something to a message, or says what would be done. */
export async function act(
  context: CommandContext,
  flags: OptionValues<typeof actOptions>,
  { action, params = {}, done }: Act,
): Promise<0> {
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
  const result = await callAction(context, flags, asked)
  out.result(result, () => [t(done, { id: messageId, target: result.to, channel: result.channel })])
  return 0
}
