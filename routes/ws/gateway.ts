import { Type } from '../../schemas/type.js'
import { GatewayIdentity } from '../../schemas/ws/device.js'
import { family, method } from './_method.js'

export default family({
  'gateway.identity.get': method({
    summary: 'The key by which this gateway is known, whatever its address',
    scope: 'operator.read',
    params: Type.Object({}),
    result: GatewayIdentity,
    async handler({ runtime }) {
      const { deviceId, publicKey } = await runtime.devices.identity()
      return { deviceId, publicKey }
    },
  }),
})
