import type { Config } from '../../schemas/config/index.js'
import { checkValue } from '../config/check.js'
import { migrate } from '../config/legacy/index.js'
import { readConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import { effectiveEnv, substituteEnv } from '../config/substitute.js'
import { isTree } from '../config/tree.js'
import type { ConfigSource } from '../config/types.js'
import { readRunFile } from '../instance/run-file.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { isPointer } from '../secrets/pointer.js'
import type { ClientFlags } from './open.js'

type Gateway = Config['gateway']
type Secrets = Config['secrets']

/**
 * Only the `gateway` section of a config, for commands that want to talk to a gateway and nothing else: the schema of
 * the other sections costs as much as starting Node. What is wrong with the file is left to other commands; a section
 * that is not valid gives its port alone.
 */
export async function readGatewayConfig(source: ConfigSource): Promise<Config> {
  return (await readSection(source)).config
}

/**
 * The same for commands that change something. Without the mode and the address of a remote gateway they would go to
 * whoever has the port on this machine: then only a gateway of this profile that runs, or an address that the caller
 * gives, is certain enough. Throws `config_invalid`.
 */
export async function readCallConfig(instance: Instance, { url, port }: ClientFlags): Promise<Config> {
  const { config, valid } = await readSection(configSource(instance))
  const named = url !== undefined || port !== undefined || instance.settings.url !== undefined
  if (valid || named || (await readRunFile(instance.paths.runFile))) return config
  throw new GatewayError('config_invalid', {
    message: `The gateway section of ${instance.paths.config} cannot be read, so it is not certain which gateway is meant. Nothing was sent.`,
    details: { path: instance.paths.config },
  })
}

async function readSection(source: ConfigSource): Promise<{ readonly config: Config; readonly valid: boolean }> {
  const read = await readConfig(source)
  const value = read.ok ? structuredClone(read.resolved.value) : undefined
  if (!isTree(value)) return { config: {}, valid: false }
  migrate(value)
  const { gateway, secrets } = substituteEnv(value, effectiveEnv(value, source.env)).value
  if (gateway === undefined) return { config: {}, valid: true }
  const schemas = await import('../../schemas/config/gateway.js')
  const isGateway = (given: unknown): given is Gateway => checkValue(schemas.gateway, given).errors.length === 0
  if (isGateway(gateway)) return { config: { gateway, ...(await providersFor(gateway, secrets)) }, valid: true }
  const port = isTree(gateway) && typeof gateway.port === 'number' ? { gateway: { port: gateway.port } } : {}
  return { config: port, valid: false }
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
