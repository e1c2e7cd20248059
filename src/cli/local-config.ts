import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { ValidConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { configInvalid } from './config-issues.js'
import type { CommandContext } from './context.js'

export interface LocalConfig {
  readonly instance: Instance
  readonly config: ValidConfig['config']
  /** The environment with what the config adds to it. */
  readonly env: ValidConfig['env']
}

/** The instance and its config as it is on disk, for commands that need no gateway. Throws `config_invalid`. */
export async function localConfig({ instance, t }: CommandContext): Promise<LocalConfig> {
  const who = await instance()
  const loaded = await loadConfig(configSource(who))
  if (!loaded.ok) throw configInvalid(who.paths.config, loaded.issues, t)
  return { instance: who, config: loaded.config, env: loaded.env }
}
