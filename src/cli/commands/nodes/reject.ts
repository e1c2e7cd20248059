import type node from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'nodes.reject.summary',
  args: [{ name: 'requestId', text: 'devices.arg.request', required: true }],
  options: callOptions,
  examples: [{ command: 'nodes reject 3f2a' }],
  async run(context, { requestId }, options) {
    const rejected = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof node>) =>
      gateway.call('node.pair.reject', { requestId }),
    )
    context.out.result(rejected, () => [context.t('devices.reject.done', { id: requestId })])
    return 0
  },
})
