import { knownChannels } from '../../../channels/known.js'
import { channelStatuses } from '../../../channels/status.js'
import { channelTable } from '../../channel-table.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'channels.list.summary',
  options: jsonOption,
  examples: [{ command: 'channels list' }, { command: 'channels list --json' }],
  async run(context) {
    const { config, env } = await localConfig(context)
    const channels = channelStatuses(config, env)
    const rows = channels.map((channel) => ({ ...channel, needs: knownChannels[channel.id]?.needs ?? [] }))
    context.out.result({ channels: rows }, () => channelTable(context, channels))
    return 0
  },
})
