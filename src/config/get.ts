import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import { canonicalPath } from './authored.js'
import { migrate } from './legacy/index.js'
import { schemasAt } from './lookup.js'
import { formatPath, parsePath } from './path.js'
import { getAt, type Tree } from './tree.js'

/**
 * The value at a dot or bracket path (`gateway.port`, `channels.whatsapp.groups["*"]`); old spellings are understood.
 * Undefined when the key is not set; the empty path gives the whole config.
 * @throws GatewayError config_path_unknown when no such key exists.
 */
export async function getPath(config: Config, path: string): Promise<unknown> {
  const steps = parsePath(path)
  const copy: Tree = structuredClone(config)
  const canonical = steps && canonicalPath({ tree: copy, migration: migrate(copy), layers: [] }, steps)
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  if (canonical === undefined || schemasAt(ConfigSchema, canonical).length === 0)
    throw new GatewayError('config_path_unknown', {
      message: `Unknown config path ${JSON.stringify(path)}. Run "openclaw config schema" to see the known ones.`,
      param: steps ? formatPath(steps) : null,
    })
  return getAt(config, canonical)
}
