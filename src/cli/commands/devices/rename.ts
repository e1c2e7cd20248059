import type device from '../../../../routes/ws/device.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { deviceName, findDevice } from '../../devices/find-device.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.rename.summary',
  args: [
    { name: 'device', text: 'devices.arg.device', required: true },
    { name: 'name', text: 'devices.arg.name', required: true },
  ],
  options: callOptions,
  examples: [{ command: 'devices rename 0a1b2c3d4e5f laptop' }],
  async run(context, { device: text, name: label }, options) {
    const { out, t } = context
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof device>) => {
      const { paired } = await gateway.call('device.pair.list', {})
      const found = findDevice(paired, text, t)
      const renamed = await gateway.call('device.pair.rename', { deviceId: found.deviceId, label })
      out.result(renamed, () => [t('devices.rename.done', { name: deviceName(found), label: renamed.label })])
      return 0
    })
  },
})
