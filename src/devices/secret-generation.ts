import type { AuthSettings } from '../auth/settings.js'
import type { DeviceIdentity } from './identity.js'

/**
 * Names the shared secret of this moment, so that what was built on the one before can be told: pages' tokens end with
 * the secret that they were made from (spec/protocol.md 2.8). Undefined when there is none.
 */
export function secretGeneration(settings: AuthSettings, identity: DeviceIdentity): string | undefined {
  const secret = settings.mode === 'token' ? settings.token : settings.mode === 'none' ? undefined : settings.password
  return secret?.fingerprint(identity.derive('secret generation v1'))
}
