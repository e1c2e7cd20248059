import type channelMethods from '../../../../routes/ws/channels.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'channels.deadLetters.summary',
  options: {
    limit: { kind: 'integer', value: 'count', min: 1, max: 500, text: 'channels.option.limit' },
    ...callOptions,
  },
  examples: [{ command: 'channels dead-letters' }, { command: 'channels dead-letters --limit 10 --json' }],
  async run(context, _args, { limit, ...flags }) {
    const { out, t } = context
    const found = await withGateway(
      context,
      flags,
      { scopes: ['operator.read'] },
      (gateway: GatewayLine<typeof channelMethods>) =>
        gateway.call('channels.deadLetters', limit === undefined ? {} : { limit }),
    )
    out.result(found, () => {
      if (found.letters.length === 0) return [t('channels.deadLetters.none')]
      return columns(
        found.letters.map(({ at, channel, accountId, place, direction, error }) => [
          new Date(at).toISOString(),
          `${channel}/${accountId}`,
          place,
          t(`channels.deadLetters.${direction}`),
          error,
        ]),
      )
    })
    return 0
  },
})
