import { authSettings } from './auth/from-config.js'
import type { ValidConfig } from './config/types.js'
import { type RunFlags, withFlags } from './flags.js'
import type { Instance } from './instance/types.js'
import { type GatewayError, toGatewayError } from './kernel/errors.js'
import { bindFor, portsFor, refuseMode } from './prepare.js'
import { assumeReadable } from './secrets/read.js'

/**
 * Why a start with this config would be refused: its mode, its addresses, its auth (spec/config.md 3.7). Undefined when
 * nothing of that is in the way; locks and ports are asked for by others. Changes nothing.
 */
export function startRefusal(instance: Instance, loaded: ValidConfig, flags: RunFlags = {}): GatewayError | undefined {
  const { env } = loaded
  const config = withFlags(loaded.config, flags)
  try {
    if (!flags.embedded || loaded.exists) refuseMode(config, loaded.exists, flags)
    const { addresses } = bindFor(instance, config, env, flags)
    const { base: port } = portsFor(instance, config, flags)
    const bindAddresses = addresses.map(({ host }) => host)
    const { settings } = instance
    const secret = assumeReadable
    authSettings({ config, env, settings, bindAddresses, port, secret, ownAddresses: () => undefined })
    return undefined
  } catch (thrown) {
    return toGatewayError(thrown)
  }
}
