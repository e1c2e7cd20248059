import type channelMethods from '../../../../routes/ws/channels.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

export default defineCommand({
  summary: 'channels.logout.summary',
  description: 'channels.logout.description',
  options: {
    channel: { kind: 'text', value: 'channel', text: 'channels.option.channel' },
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    ...callOptions,
  },
  examples: [{ command: 'channels logout --channel whatsapp' }],
  async run(context, _args, { channel = 'whatsapp', account, ...flags }) {
    const { out, t } = context
    const which = { channel, ...(account !== undefined && { accountId: account }) }
    const done = await withGateway(
      context,
      flags,
      { scopes: ['operator.admin'] },
      (gateway: GatewayLine<typeof channelMethods>) => gateway.call('channels.logout', which),
    )
    const words = { channel, account: done.accountId }
    out.result({ ok: true, ...done }, () => [t(done.cleared ? 'channels.logout.done' : 'channels.logout.none', words)])
    return 0
  },
})
