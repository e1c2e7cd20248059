import type { PairedDevice } from '../../../schemas/ws/device.js'
import { GatewayError } from '../../kernel/errors.js'
import { matching } from '../matching.js'
import type { Translate } from '../messages.js'
import { usageError } from '../usage.js'

/** The device that a user means: its id, how its id begins, or its name. Throws `not_found`, and `usage` for several. */
export function findDevice(paired: readonly PairedDevice[], text: string, t: Translate): PairedDevice {
  const found = matching(
    paired,
    text,
    ({ deviceId }) => deviceId,
    ({ label, displayName }) => [label, displayName],
  )
  const [first] = found
  if (!first) {
    throw new GatewayError('not_found', {
      message: t('devices.unknown', { device: text }),
      details: { next: 'devices list' },
    })
  }
  if (found.length > 1) throw usageError(t('devices.ambiguous', { device: text, count: found.length }), 'devices list')
  return first
}

/** How a device is called on the screen. */
export function deviceName({ label, displayName, clientId }: PairedDevice): string {
  return label ?? displayName ?? clientId
}
