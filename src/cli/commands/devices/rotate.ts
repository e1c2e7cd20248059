import type device from '../../../../routes/ws/device.js'
import { keepDeviceToken } from '../../../client/connect.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { tokenOptions, tokenTarget } from '../../devices/token-target.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.rotate.summary',
  description: 'devices.rotate.description',
  options: {
    ...tokenOptions,
    scope: { kind: 'text', value: 'scope,...', text: 'devices.rotate.scope' },
    noScopes: { kind: 'flag', text: 'devices.rotate.noScopes' },
    ...callOptions,
  },
  examples: [{ command: 'devices rotate --device 0a1b2c3d4e5f --role operator' }],
  async run(context, _args, options) {
    const { out, t } = context
    if (options.scope !== undefined && options.noScopes) {
      throw usageError(t('devices.rotate.oneOfScopes'), 'devices rotate --help')
    }
    const wanted = options.noScopes ? [] : options.scope?.split(',').map((scope) => scope.trim())
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof device>) => {
      const { deviceId, role, name } = await tokenTarget(gateway, options, t)
      const { token, ...rotated } = await gateway.call('device.token.rotate', { deviceId, role, scopes: wanted })
      // The value is for the device alone: it is kept where the old one was, and never printed.
      if (token !== undefined)
        await keepDeviceToken(gateway.found, { deviceToken: token, scopes: rotated.scopes, role })
      out.result(rotated, () => [
        t('devices.rotate.done', { name, role }),
        t(token === undefined ? 'devices.rotate.withheld' : 'devices.rotate.kept'),
      ])
      return 0
    })
  },
})
