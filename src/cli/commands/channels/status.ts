import type channelMethods from '../../../../routes/ws/channels.js'
import { channelStatuses } from '../../../channels/status.js'
import { GatewayError } from '../../../kernel/errors.js'
import { channelTable } from '../../channel-table.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'channels.status.summary',
  description: 'channels.status.description',
  options: {
    channel: { kind: 'text', value: 'channel', text: 'channels.option.channel' },
    probe: { kind: 'flag', text: 'channels.option.probe' },
    ...callOptions,
  },
  examples: [{ command: 'channels status' }, { command: 'channels status --probe --json' }],
  async run(context, _args, { channel, probe, ...flags }) {
    const { out, t, explain } = context
    const asked = {
      probe,
      ...(channel !== undefined && { channel }),
      ...(flags.timeout && { timeoutMs: flags.timeout }),
    }
    try {
      const status = await withGateway(
        context,
        flags,
        { scopes: ['operator.read'] },
        (gateway: GatewayLine<typeof channelMethods>) => gateway.call('channels.status', asked),
      )
      const shown = status.channelOrder.map((id) => ({ id, accounts: status.channelAccounts[id] ?? [] }))
      out.result(status, () => [...channelTable(context, shown, true), ...status.warnings.map((text) => `! ${text}`)])
      return 0
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'gateway_unreachable' || flags.url !== undefined)
        throw error
      const { config, env } = await localConfig(context)
      const all = channelStatuses(config, env)
      const channels = channel === undefined ? all : all.filter(({ id }) => id === channel)
      out.note(explain(error))
      out.result({ ok: false, error: { code: error.code, message: error.message }, channels }, () => [
        t('channels.gatewayDown'),
        ...channelTable(context, channels),
      ])
      return 1
    }
  },
})
