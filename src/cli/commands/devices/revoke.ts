import type device from '../../../../routes/ws/device.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { tokenOptions, tokenTarget } from '../../devices/token-target.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.revoke.summary',
  description: 'devices.revoke.description',
  options: { ...tokenOptions, ...callOptions },
  examples: [{ command: 'devices revoke --device 0a1b2c3d4e5f --role operator' }],
  async run(context, _args, options) {
    const { out, t } = context
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof device>) => {
      const { deviceId, role, name } = await tokenTarget(gateway, options, t)
      const revoked = await gateway.call('device.token.revoke', { deviceId, role })
      out.result(revoked, () => [t('devices.revoke.done', { name, role })])
      return 0
    })
  },
})
