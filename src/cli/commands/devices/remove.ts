import type device from '../../../../routes/ws/device.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { deviceName, findDevice } from '../../devices/find-device.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.remove.summary',
  description: 'devices.remove.description',
  args: [{ name: 'device', text: 'devices.arg.device', required: true }],
  options: callOptions,
  examples: [{ command: 'devices remove 0a1b2c3d4e5f' }],
  async run(context, { device: text }, options) {
    const { out, t } = context
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof device>) => {
      const { paired } = await gateway.call('device.pair.list', {})
      const found = findDevice(paired, text, t)
      const removed = await gateway.call('device.pair.remove', { deviceId: found.deviceId })
      out.result(removed, () => [t('devices.remove.done', { name: deviceName(found) })])
      return 0
    })
  },
})
