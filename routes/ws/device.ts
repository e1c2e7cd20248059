import { Type } from '../../schemas/type.js'
import {
  DevicePairApproved,
  DevicePairList,
  DevicePairRejected,
  DeviceParams,
  DeviceRenameParams,
  DeviceTokenParams,
  DeviceTokenRevoked,
  DeviceTokenRotated,
  DeviceTokenRotateParams,
  PairRequestParams,
} from '../../schemas/ws/device.js'
import { family, method } from './_method.js'

const ownOnly = 'A caller that came in with a device token and is no admin sees and manages only its own device.'

export default family({
  'device.pair.list': method({
    summary: 'Paired devices, and those that wait for approval',
    description: ownOnly,
    scope: 'operator.pairing',
    params: Type.Object({}),
    result: DevicePairList,
    handler: ({ runtime, caller }) => runtime.devices.list(caller),
  }),
  'device.pair.approve': method({
    summary: 'Lets a waiting device in',
    description:
      'With exactly what it asks for. The caller must hold every scope that it gives; a role other than operator takes an admin.',
    scope: 'operator.pairing',
    params: PairRequestParams,
    result: DevicePairApproved,
    async handler({ runtime, caller }, { requestId }) {
      return { requestId, device: await runtime.devices.approve(requestId, caller) }
    },
  }),
  'device.pair.reject': method({
    summary: 'Turns a waiting device away',
    scope: 'operator.pairing',
    params: PairRequestParams,
    result: DevicePairRejected,
    async handler({ runtime, caller }, { requestId }) {
      return { requestId, deviceId: await runtime.devices.reject(requestId, caller) }
    },
  }),
  'device.pair.remove': method({
    summary: 'Forgets a device, ends its tokens and closes its sockets',
    description: ownOnly,
    scope: 'operator.pairing',
    params: DeviceParams,
    result: DeviceParams,
    async handler({ runtime, caller }, { deviceId }) {
      await runtime.devices.remove(deviceId, caller)
      return { deviceId }
    },
  }),
  'device.pair.rename': method({
    summary: 'Gives a device a name',
    description: ownOnly,
    scope: 'operator.pairing',
    params: DeviceRenameParams,
    result: DeviceRenameParams,
    async handler({ runtime, caller }, { deviceId, label }) {
      return { deviceId, label: await runtime.devices.rename(deviceId, label, caller) }
    },
  }),
  'device.token.rotate': method({
    summary: 'Ends the token of a device and makes another',
    description:
      'Only the device that came in with the old token is told the new one; all others get it when they connect with the ' +
      'shared secret. Never more scopes than the device was approved for, nor than the caller holds.',
    scope: 'operator.pairing',
    params: DeviceTokenRotateParams,
    result: DeviceTokenRotated,
    handler: ({ runtime, caller }, params) => runtime.devices.rotate(params, caller),
  }),
  'device.token.revoke': method({
    summary: 'Ends the token of a device, which stays paired',
    description: `Its open sockets are closed. ${ownOnly}`,
    scope: 'operator.pairing',
    params: DeviceTokenParams,
    result: DeviceTokenRevoked,
    async handler({ runtime, caller }, { deviceId, role }) {
      return { deviceId, role, revokedAtMs: await runtime.devices.revoke(deviceId, role, caller) }
    },
  }),
})
