import type { Config } from '../schemas/config/index.js'
import { generateToken, needsToken, selectAuth } from './auth/select-mode.js'
import { editConfig } from './config/edit.js'
import { issueLine } from './config/issue-line.js'
import { loadConfig } from './config/load.js'
import { configSource } from './config/source.js'
import type { ValidConfig } from './config/types.js'
import { type RunFlags, withFlags } from './flags.js'
import { type BindPlan, planBind } from './instance/bind.js'
import { readAddresses } from './instance/host.js'
import { planPorts } from './instance/ports.js'
import type { Instance, PortPlan } from './instance/types.js'
import { GatewayError } from './kernel/errors.js'
import type { LoadedTls } from './remote/tls/load.js'
import { assumeReadable } from './secrets/read.js'

/** What is known before the first socket is bound. */
export interface Prepared {
  readonly loaded: ValidConfig
  /** The config as the flags change it. */
  readonly config: Config
  readonly ports: PortPlan
  readonly bind: BindPlan
  /** Undefined when plain HTTP is served. */
  readonly tls: LoadedTls | undefined
}

/**
 * Reads the config and decides whether and where to listen. Throws the refusals of spec/config.md section 3.7, all
 * with exit code 78. A first start without a token makes one, stores it in the config and tells it at once: the start
 * may still be refused, and the next one finds the token already there.
 */
export async function prepare(
  instance: Instance,
  flags: RunFlags,
  onNewToken: (token: string) => void = () => {},
): Promise<Prepared> {
  const first = await readValid(instance)
  if (!flags.embedded || first.exists) refuseMode(withFlags(first.config, flags), first.exists, flags)
  const newToken = await firstStart(instance, first, flags)
  if (newToken !== undefined) onNewToken(newToken)
  const loaded = newToken === undefined ? first : await readValid(instance)
  const config = withFlags(loaded.config, flags)
  const bind = bindFor(instance, config, loaded.env, flags)
  return { loaded, config, ports: portsFor(instance, config, flags), bind, tls: await tlsFor(instance, config, bind) }
}

/**
 * Certificate and key, when the config asks for TLS; a pair is made where none is. Throws `tls_misconfigured`: whoever
 * asks for TLS must not get plain text without noticing.
 */
export async function tlsFor(instance: Instance, config: Config, bind: BindPlan): Promise<LoadedTls | undefined> {
  if (config.gateway?.tls?.enabled !== true) return undefined
  const [{ tlsFiles }, { loadTls }] = await Promise.all([
    import('./remote/tls/files.js'),
    import('./remote/tls/load.js'),
  ])
  const open = bind.addresses.some(({ host }) => host === '0.0.0.0' || host === '::')
  const addresses = open
    ? readAddresses().filter((address) => !address.includes('%'))
    : bind.addresses.map(({ host }) => host)
  return loadTls(tlsFiles(config, instance.paths), { nowMs: Date.now(), addresses })
}

/** Ports of a running gateway after its config changed. */
export function portsFor(instance: Instance, config: Config, flags: RunFlags): PortPlan {
  const flag = flags.port === undefined ? undefined : ({ port: flags.port, source: 'flag' } as const)
  return planPorts({ ...instance, portOverride: flag ?? instance.portOverride }, config.gateway?.port)
}

export function bindFor(instance: Instance, config: Config, env: ValidConfig['env'], flags: RunFlags): BindPlan {
  const { gateway } = config
  return planBind({
    ...(flags.bind === undefined ? {} : { flag: flags.bind }),
    ...(gateway?.bind === undefined ? {} : { configured: gateway.bind }),
    ...(gateway?.customBindHost === undefined ? {} : { customHost: gateway.customBindHost }),
    ...(gateway?.tailscale?.mode === undefined ? {} : { tailscaleMode: gateway.tailscale.mode }),
    ...(instance.settings.bind === undefined ? {} : { fallback: instance.settings.bind }),
    inContainer: instance.settings.inContainer,
    addresses: readAddresses(),
    hasAuth: hasAuth(instance, config, env),
  })
}

function hasAuth(instance: Instance, config: Config, env: ValidConfig['env']): boolean {
  // What a file or a program holds is read when the port is ours; here it counts that it is asked for.
  const secret = assumeReadable
  const auth = selectAuth({ config, env, settings: instance.settings, bindAddresses: [], port: 0, secret })
  if (auth.mode === 'trusted-proxy') return true
  return auth.mode === 'token' ? auth.token !== undefined : auth.mode === 'password' && auth.password !== undefined
}

async function readValid(instance: Instance): Promise<ValidConfig> {
  const loaded = await loadConfig(configSource(instance))
  if (loaded.ok) return loaded
  throw new GatewayError('config_invalid', {
    message: `Invalid config at ${instance.paths.config}:\n${loaded.issues.map(issueLine).join('\n')}`,
    details: { issues: loaded.issues },
  })
}

export function refuseMode(config: Config, exists: boolean, flags: RunFlags): void {
  const mode = config.gateway?.mode
  if (mode === 'local' || (mode === undefined && flags.allowUnconfigured)) return
  if (mode === undefined && !exists) throw new GatewayError('config_missing')
  const current = mode === undefined ? 'it is not set' : `it is "${mode}"`
  throw new GatewayError('mode_not_local', {
    message: `Gateway start blocked: set gateway.mode=local (${current}). Run: openclaw config set gateway.mode local`,
  })
}

/** `--embedded` without a config sets the whole profile up, so that the next start needs no flag. */
async function firstStart(instance: Instance, first: ValidConfig, flags: RunFlags): Promise<string | undefined> {
  if (!flags.embedded || first.exists) return makeToken(instance, first, flags)
  const { setUpProfile } = await import('./setup/setup.js')
  const { port, bind, auth, token, password } = flags
  const wishes = { embedded: true, port: port === 0 ? undefined : port, bind, auth, token, password }
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined)
  return (await setUpProfile(instance, Object.fromEntries(given))).newToken
}

/**
 * A token for a gateway that has none, where nobody asked for a network address. In a container the default reaches
 * beyond loopback, which is fine with the new token; an address that was asked for without auth is refused later.
 */
async function makeToken(instance: Instance, first: ValidConfig, flags: RunFlags): Promise<string | undefined> {
  const config = withFlags(first.config, flags)
  const asked = flags.bind ?? config.gateway?.bind
  if (asked !== undefined && asked !== 'loopback' && asked !== 'auto') return undefined
  const { settings } = instance
  const source = { config, env: first.env, settings, bindAddresses: [], port: 0, secret: assumeReadable }
  if (!needsToken(source)) return undefined
  const token = generateToken()
  const set = { op: 'set', path: 'gateway.auth.token', value: token } as const
  await editConfig(configSource(instance), [set], { expectHash: first.hash, version: instance.version })
  return token
}
