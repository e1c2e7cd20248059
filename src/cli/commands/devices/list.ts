import type device from '../../../../routes/ws/device.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { deviceLines } from '../../devices/device-lines.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.pairing']

export default defineCommand({
  summary: 'devices.list.summary',
  options: callOptions,
  examples: [{ command: 'devices list' }, { command: 'devices list --json' }],
  async run(context, _args, options) {
    const list = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof device>) =>
      gateway.call('device.pair.list', {}),
    )
    context.out.result(list, () => deviceLines(context, list, Date.now()))
    return 0
  },
})
