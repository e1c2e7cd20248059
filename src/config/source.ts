import type { Instance } from '../instance/types.js'
import type { ConfigSource } from './types.js'

/** Where an instance's config comes from. */
export function configSource({ paths, env, settings }: Pick<Instance, 'paths' | 'env' | 'settings'>): ConfigSource {
  return {
    path: paths.config,
    env,
    includeRoots: settings.includeRoots,
    readOnly: settings.readOnlyConfig,
  }
}
