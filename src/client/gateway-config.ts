import type { Config } from '../../schemas/config/index.js'
import { checkValue } from '../config/check.js'
import { migrate } from '../config/legacy/index.js'
import { readConfig } from '../config/load.js'
import { effectiveEnv, substituteEnv } from '../config/substitute.js'
import { isTree } from '../config/tree.js'
import type { ConfigSource } from '../config/types.js'

type Gateway = Config['gateway']

/**
 * Only the `gateway` section of a config, for commands that want to talk to a gateway and nothing else: the schema of
 * the other sections costs as much as starting Node. What is wrong with the file is left to other commands; a section
 * that is not valid gives its port alone.
 */
export async function readGatewayConfig(source: ConfigSource): Promise<Config> {
  const read = await readConfig(source)
  const value = read.ok ? structuredClone(read.resolved.value) : undefined
  if (!isTree(value)) return {}
  migrate(value)
  const { gateway } = substituteEnv(value, effectiveEnv(value, source.env)).value
  if (gateway === undefined) return {}
  const schemas = await import('../../schemas/config/gateway.js')
  const isGateway = (given: unknown): given is Gateway => checkValue(schemas.gateway, given).errors.length === 0
  if (isGateway(gateway)) return { gateway }
  return isTree(gateway) && typeof gateway.port === 'number' ? { gateway: { port: gateway.port } } : {}
}
