import type { CommandContext } from '../context.js'
import type { OptionDefinitions, OptionValues } from '../define.js'
import { callAction } from './call-action.js'
import { lastOptions, needs, placeOptions, placeParams } from './options.js'

export const listOptions = { ...placeOptions, ...lastOptions } as const satisfies OptionDefinitions

export interface Listing {
  readonly action: 'read' | 'pins'
  readonly params?: { readonly limit?: number; readonly before?: string; readonly after?: string }
}

/** Shows messages of a chat, or says what would be asked. */
export async function listMessages(
  context: CommandContext,
  flags: OptionValues<typeof listOptions>,
  { action, params = {} }: Listing,
): Promise<0> {
  const { out, t } = context
  const to = needs(context, `message ${action}`, '--target', flags.target)
  const { threadId, ...where } = placeParams(flags)
  const asked = { ...where, action, params: { to, ...(threadId !== undefined && { threadId }), ...params } }
  if (flags.dryRun) {
    out.result({ ok: true, dryRun: true, ...asked }, () => [
      t('message.wouldList', { action, target: to, channel: flags.channel ?? '?' }),
    ])
    return 0
  }
  const result = await callAction(context, flags, asked)
  const { messages = [] } = result
  out.result(result, () =>
    messages.length === 0
      ? [t(action === 'read' ? 'message.noMessages' : 'message.noPins', { target: result.to, channel: result.channel })]
      : messages.map(({ id, at, sender, text }) => {
          const when = at === undefined ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
          return `${when}  ${id}  ${sender?.name ?? sender?.id ?? '?'}: ${text}`
        }),
  )
  return 0
}
