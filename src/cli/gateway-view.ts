import type { Config } from '../../schemas/config/index.js'
import type { ClientFlags } from '../client/open.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { LoadedConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { rawPort } from '../setup/profiles.js'
import type { CommandContext } from './context.js'
import { type GatewayLook, type LookOptions, lookAtGateway } from './gateway-look.js'

/** What the commands know that look at a config and its gateway. */
export interface GatewayView extends GatewayLook {
  readonly instance: Instance
  readonly loaded: LoadedConfig
  /** As far as the file could be read. */
  readonly config: Config
}

/** Reads the config and looks at the gateway. Neither a bad config nor a gateway that is down is an error here. */
export async function viewGateway(
  context: CommandContext,
  flags: ClientFlags,
  options: LookOptions = {},
): Promise<GatewayView> {
  const instance = await context.instance()
  const loaded = await loadConfig(configSource(instance))
  const config = loaded.ok ? loaded.config : salvage(loaded)
  return { instance, loaded, config, ...(await lookAtGateway(context, config, flags, options)) }
}

/** A broken file still says where its gateway is meant to listen. */
function salvage(loaded: LoadedConfig): Config {
  const port = rawPort(loaded)
  return port === undefined ? {} : { gateway: { port } }
}
