import type { Refused } from '../admission.js'
import type { DeviceRow, PairRequestRow } from '../types.js'
import type { PairingNeed } from './pairing.js'
import { refuse } from './refuse.js'

/** Official clients know the reason by these words. */
const requirements: Readonly<Record<PairingNeed, string>> = {
  'not-paired': 'device is not approved yet',
  'role-upgrade': 'device is asking for a higher role than currently approved',
  'scope-upgrade': 'device is asking for more scopes than currently approved',
  'metadata-upgrade': 'device identity changed and must be re-approved',
}

/** `waits`: the client keeps trying by itself until somebody has approved it (pages do). */
export function refusePairing(
  need: PairingNeed,
  request: PairRequestRow,
  device: DeviceRow | undefined,
  waits: boolean,
): Refused {
  const { id: requestId, deviceId, role, scopes } = request
  const message = `pairing required: ${requirements[need]}`
  const details = {
    code: 'PAIRING_REQUIRED',
    reason: need,
    requestId,
    remediationHint: `Run "openclaw devices approve ${requestId}" where the gateway runs, or approve it on the devices page.`,
    deviceId,
    requestedRole: role,
    requestedScopes: [...scopes],
    ...(device && { approvedRoles: [...device.roles], approvedScopes: [...device.scopes] }),
    ...(waits && { recommendedNextStep: 'wait_then_retry', retryable: true, pauseReconnect: false }),
  }
  return refuse('NOT_PAIRED', message, details, { closeReason: `${message} (requestId: ${requestId})` })
}
