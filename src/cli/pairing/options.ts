import { knownChannels } from '../../channels/known.js'
import { GatewayError } from '../../kernel/errors.js'
import { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionDefinitions } from '../define.js'
import { usageError } from '../usage.js'

export const pairingOptions = {
  channel: { kind: 'text', value: 'channel', text: 'pairing.option.channel' },
  account: { kind: 'text', value: 'id', text: 'pairing.option.account' },
  ...callOptions,
} as const satisfies OptionDefinitions

/** The channel that an argument or `--channel` names. Throws `usage` for two, `not_found` for one that nobody knows. */
export function channelOf(
  { t, command }: CommandContext,
  argument: string | undefined,
  option: string | undefined,
): string | undefined {
  const [one, other] = [argument, option].map((text) => text?.trim().toLowerCase())
  if (one !== undefined && other !== undefined && one !== other)
    throw usageError(t('pairing.oneChannel'), `${command} --help`)
  const channel = one ?? other
  const id = channel === 'qq' ? 'qqbot' : channel === 'lark' ? 'feishu' : channel
  if (id === undefined || Object.hasOwn(knownChannels, id)) return id
  throw new GatewayError('not_found', {
    message: t('pairing.unknownChannel', { channel: id.slice(0, 40), known: Object.keys(knownChannels).join(', ') }),
    details: { next: 'pairing list' },
  })
}

/** `<code>` or `<channel> <code>`. */
export function codeOf(
  context: CommandContext,
  { first, second }: { readonly first: string; readonly second: string | undefined },
  { channel, account }: { readonly channel: string | undefined; readonly account: string | undefined },
) {
  const named = channelOf(context, second === undefined ? undefined : first, channel)
  return { code: second ?? first, channel: named, account }
}
