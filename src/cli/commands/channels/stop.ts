import type channelMethods from '../../../../routes/ws/channels.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

export default defineCommand({
  summary: 'channels.stop.summary',
  args: [{ name: 'channel', text: 'channels.arg.channel', required: true }],
  options: { account: { kind: 'text', value: 'account', text: 'channels.option.account' }, ...callOptions },
  examples: [{ command: 'channels stop telegram' }],
  async run(context, { channel }, { account, ...flags }) {
    const { out, t } = context
    const which = { channel, ...(account !== undefined && { accountId: account }) }
    const done = await withGateway(
      context,
      flags,
      { scopes: ['operator.admin'] },
      (gateway: GatewayLine<typeof channelMethods>) => gateway.call('channels.stop', which),
    )
    const words = { channel, account: done.accountId }
    out.result({ ok: true, ...done }, () => [t(done.stopped ? 'channels.stopped' : 'channels.notStopped', words)])
    return 0
  },
})
