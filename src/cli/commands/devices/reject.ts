import type device from '../../../../routes/ws/device.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

/** A request for a role other than operator takes an admin. */
const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.reject.summary',
  args: [{ name: 'requestId', text: 'devices.arg.request', required: true }],
  options: callOptions,
  examples: [{ command: 'devices reject 3f2a' }],
  async run(context, { requestId }, options) {
    const rejected = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof device>) =>
      gateway.call('device.pair.reject', { requestId }),
    )
    context.out.result(rejected, () => [context.t('devices.reject.done', { id: requestId })])
    return 0
  },
})
