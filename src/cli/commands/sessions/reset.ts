import type sessions from '../../../../routes/ws/sessions-edit.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin']

export default defineCommand({
  summary: 'sessions.reset.summary',
  description: 'sessions.reset.description',
  args: [{ name: 'key', text: 'sessions.arg.key', required: true }],
  options: callOptions,
  examples: [{ command: 'sessions reset main' }],
  async run(context, { key }, options) {
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof sessions>) =>
      gateway.call('sessions.reset', { key, reason: 'reset' }),
    )
    context.out.result(result, () => [context.t('sessions.reset.done', { key: result.key })])
    return 0
  },
})
