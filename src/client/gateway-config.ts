import type { Config } from '../../schemas/config/index.js'
import { checkValue } from '../config/check.js'
import { migrate } from '../config/legacy/index.js'
import { readConfig } from '../config/load.js'
import { effectiveEnv, substituteEnv } from '../config/substitute.js'
import { isTree } from '../config/tree.js'
import type { ConfigSource } from '../config/types.js'
import { isPointer } from '../secrets/pointer.js'

type Gateway = Config['gateway']
type Secrets = Config['secrets']

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
  const { gateway, secrets } = substituteEnv(value, effectiveEnv(value, source.env)).value
  if (gateway === undefined) return {}
  const schemas = await import('../../schemas/config/gateway.js')
  const isGateway = (given: unknown): given is Gateway => checkValue(schemas.gateway, given).errors.length === 0
  if (isGateway(gateway)) return { gateway, ...(await providersFor(gateway, secrets)) }
  return isTree(gateway) && typeof gateway.port === 'number' ? { gateway: { port: gateway.port } } : {}
}

/** Where references of the gateway's section are read from; nothing is looked at when there are none. */
async function providersFor(gateway: Gateway, secrets: unknown): Promise<{ readonly secrets?: Secrets }> {
  const { auth, remote } = gateway ?? {}
  const edge = Object.values(remote?.edgeAuth ?? {})
  const inputs = [auth?.token, auth?.password, remote?.token, remote?.password, ...edge]
  if (secrets === undefined || !inputs.some(isPointer)) return {}
  const schemas = await import('../../schemas/config/secrets.js')
  const isSecrets = (given: unknown): given is Secrets => checkValue(schemas.secrets, given).errors.length === 0
  return isSecrets(secrets) ? { secrets } : {}
}
