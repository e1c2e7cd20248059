import type resolveMethods from '../../../../routes/ws/channels-resolve.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { answerMs, placeParams } from '../../message/options.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'channels.resolve.summary',
  description: 'channels.resolve.description',
  args: [{ name: 'entry', text: 'channels.resolve.arg', required: true, rest: true }],
  options: {
    channel: { kind: 'text', value: 'channel', text: 'message.option.channel' },
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    kind: { kind: 'choice', choices: ['auto', 'user', 'group'], text: 'channels.resolve.option.kind' },
    ...callOptions,
  },
  examples: [{ command: 'channels resolve --channel slack "#general" "@ada"' }],
  async run(context, { entry }, { channel, account, kind, ...flags }) {
    const { out, t } = context
    const params = {
      entries: [...entry],
      ...placeParams({ channel, account }),
      ...(kind !== undefined && { kind }),
    }
    const found = await withGateway(
      context,
      flags,
      { scopes: ['operator.read'] },
      (gateway: GatewayLine<typeof resolveMethods>) =>
        gateway.call('channels.resolve', params, { timeoutMs: flags.timeout ?? answerMs }),
    )
    out.result(found, () => [
      ...columns(
        found.results.map(({ input, target, name = '', candidates }) => [
          input,
          target ?? (candidates ? t('channels.resolve.several') : t('channels.resolve.unknown')),
          candidates?.join(', ') ?? name,
        ]),
      ),
      ...(found.warning === undefined ? [] : [`! ${found.warning}`]),
    ])
    return found.results.every(({ resolved }) => resolved) ? 0 : 1
  },
})
