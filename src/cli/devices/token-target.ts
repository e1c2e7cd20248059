import type device from '../../../routes/ws/device.js'
import type { OptionDefinitions } from '../define.js'
import type { GatewayLine } from '../gateway-line.js'
import type { Translate } from '../messages.js'
import { usageError } from '../usage.js'
import { deviceName, findDevice } from './find-device.js'

/** Which token a command is about: those of a device differ by role. */
export const tokenOptions = {
  device: { kind: 'text', value: 'device', text: 'devices.arg.device' },
  role: { kind: 'choice', choices: ['operator', 'node'], text: 'devices.role' },
} as const satisfies OptionDefinitions

export interface TokenTarget {
  readonly deviceId: string
  readonly role: string
  readonly name: string
}

/** Throws `usage` without a device, and what `findDevice` throws. A device with one role has no other. */
export async function tokenTarget(
  gateway: GatewayLine<typeof device>,
  options: { readonly device: string | undefined; readonly role: string | undefined },
  t: Translate,
): Promise<TokenTarget> {
  if (options.device === undefined) throw usageError(t('devices.noDevice'), 'devices list')
  const { paired } = await gateway.call('device.pair.list', {})
  const found = findDevice(paired, options.device, t)
  return { deviceId: found.deviceId, role: options.role ?? found.role, name: deviceName(found) }
}
