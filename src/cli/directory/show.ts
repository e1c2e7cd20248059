import type directoryMethods from '../../../routes/ws/directory.js'
import { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionDefinitions, OptionValues } from '../define.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'
import { answerMs, placeParams } from '../message/options.js'
import { columns } from '../text-width.js'

/** Whose directory; the same on all its commands. */
export const accountOptions = {
  channel: { kind: 'text', value: 'channel', text: 'message.option.channel' },
  account: { kind: 'text', value: 'account', text: 'channels.option.account' },
  ...callOptions,
} as const satisfies OptionDefinitions

export const listOptions = {
  query: { kind: 'text', value: 'text', text: 'directory.option.query' },
  limit: { kind: 'integer', value: 'count', min: 1, max: 1_000, text: 'directory.option.limit' },
  ...accountOptions,
} as const satisfies OptionDefinitions

export type DirectoryLine = GatewayLine<typeof directoryMethods>
type ListFlags = OptionValues<typeof listOptions>

/** Asks for a list and shows it: what `message send` takes, names, and where each entry comes from. */
export async function showEntries(
  context: CommandContext,
  flags: ListFlags,
  ...[method, more]: ['directory.peers' | 'directory.groups'] | ['directory.members', { readonly groupId: string }]
): Promise<0> {
  const { out, t } = context
  const { query, limit, channel, account, ...line } = flags
  const params = {
    ...placeParams({ channel, account }),
    ...(query !== undefined && { query }),
    ...(limit !== undefined && { limit }),
  }
  const found = await withGateway(context, line, { scopes: ['operator.read'] }, (gateway: DirectoryLine) => {
    const wait = { timeoutMs: line.timeout ?? answerMs }
    if (method === 'directory.members') return gateway.call(method, { ...params, ...more }, wait)
    return gateway.call(method, params, wait)
  })
  out.result(found, () => [
    ...(found.entries.length === 0
      ? [t('directory.none')]
      : columns(
          found.entries.map(({ target, name = '', username, sources }) => [
            target,
            username === undefined || username === name ? name : `${name} @${username}`,
            sources.map((source) => t(`directory.source.${source}`)).join(', '),
          ]),
        )),
    ...(found.more ? [t('directory.more', { count: found.entries.length })] : []),
    ...(found.warning === undefined ? [] : [`! ${found.warning}`]),
  ])
  return 0
}
