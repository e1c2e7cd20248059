import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GatewayError } from '../kernel/errors.js'
import { lateCrypto } from '../kernel/late-crypto.js'
import { withDotenv } from './dotenv.js'
import { parseVariables, textVariable } from './env-vars.js'
import { readHost } from './host.js'
import { withoutInherited } from './inherited.js'
import { logDir } from './log-dir.js'
import { checkedPort, fallbackPort, parsePort } from './ports.js'
import {
  canonicalState,
  configFileName,
  databaseFileName,
  defaultProfile,
  profileName,
  profileOfFlags,
  profileOfState,
  suffixed,
} from './profile.js'
import type { RootFlags } from './root-flags.js'
import { serviceNames } from './service-names.js'
import type { Env, Host, Instance, InstancePaths, InstanceSettings } from './types.js'
import { setValue, withoutUnset } from './unset.js'
import { readVersion } from './version.js'

export interface InstanceInput {
  readonly flags: RootFlags
  readonly env: Env
  readonly cwd: string
  readonly host?: Partial<Host>
}

/**
 * Decides which gateway this process is about: profile, paths, port and service names (spec/cli.md 0.1 to 0.4,
 * spec/config.md 1.1, spec/README.md 2 to 5). Reads `.env` files, writes nothing. Throws `usage`.
 */
export async function resolveInstance({ flags, env: given, cwd, host: known }: InstanceInput): Promise<Instance> {
  const notices: string[] = []
  const host: Host = { ...readHost(given), ...known }
  const processEnv = withoutUnset(given)
  const home = homeOf(processEnv, host, cwd)
  const path = (value: string): string => absolute(value, home, cwd)
  const chosen = chosenProfile(flags, processEnv)
  const own = chosen ? withoutInherited(processEnv, { ...chosen, home, path }, notices) : processEnv
  const givenState = textVariable(own, 'OPENCLAW_STATE_DIR')
  const profile = chosen?.profile ?? (givenState && profileOfState(home, path(givenState))) ?? defaultProfile
  const canonical = canonicalState(home, profile)
  const state = givenState ? path(givenState) : canonical
  const defaultState = state === canonicalState(home, defaultProfile)
  const env = withoutUnset(withDotenv(own, { cwd, state, home, defaultState }, notices))
  const relocated = state !== canonical || textVariable(env, 'OPENCLAW_HOME') !== undefined
  let id: string | undefined
  return freeze({
    profile,
    get id() {
      id ??= lateCrypto().randomUUID()
      return id
    },
    version: readVersion(),
    paths: pathsOf({ env, home, profile, state, custom: state !== canonical, relocated, host, path }),
    portOverride: portOverride(flags, env, notices),
    fallbackPort: fallbackPort(profile),
    service: serviceNames(profile, env, notices),
    env,
    settings: await settingsOf(env, host, path, notices),
    notices,
  })
}

function chosenProfile(flags: RootFlags, env: Env): { profile: string; by: string } | undefined {
  const flagged = profileOfFlags(flags)
  if (flagged !== undefined) return { profile: flagged, by: flags.dev ? '--dev' : '--profile' }
  const named = textVariable(env, 'OPENCLAW_PROFILE')?.trim()
  return named ? { profile: profileName(named, 'OPENCLAW_PROFILE'), by: 'OPENCLAW_PROFILE' } : undefined
}

/** `OPENCLAW_HOME`, `HOME`, `USERPROFILE`, then what the system says of the user. */
function homeOf(env: Env, host: Host, cwd: string): string {
  const user = setValue(env, 'HOME') ?? setValue(env, 'USERPROFILE') ?? host.osHome
  const given = textVariable(env, 'OPENCLAW_HOME')
  if (given) return absolute(given, user, cwd)
  if (!user) throw new GatewayError('usage', { message: 'There is no home directory. Set HOME or OPENCLAW_HOME.' })
  return resolve(cwd, user)
}

/** Expands a leading `~` and makes the path absolute. */
function absolute(value: string, home: string | undefined, cwd: string): string {
  const text = value.trim()
  return home !== undefined && /^~($|[/\\])/.test(text) ? join(home, text.slice(1)) : resolve(cwd, text)
}

interface PathFacts {
  readonly env: Env
  readonly home: string
  readonly profile: string
  readonly state: string
  /** The state directory is not where the profile has it by itself; then the workspace and the logs are inside it. */
  readonly custom: boolean
  readonly relocated: boolean
  readonly host: Host
  readonly path: (value: string) => string
}

function pathsOf({ env, home, profile, state, custom, relocated, host, path }: PathFacts): InstancePaths {
  const config = textVariable(env, 'OPENCLAW_CONFIG_PATH')
  const workspace = textVariable(env, 'OPENCLAW_WORKSPACE_DIR')
  const inside = join(state, 'workspace')
  const usual = custom || existsSync(inside) ? inside : join(home, '.openclaw', suffixed('workspace', profile))
  return {
    home,
    state,
    config: config ? path(config) : join(state, configFileName),
    workspace: workspace ? path(workspace) : usual,
    credentials: join(state, 'credentials'),
    database: join(state, databaseFileName),
    locks: join(state, 'locks'),
    runFile: join(state, 'run', 'gateway.json'),
    logDir: relocated ? join(state, 'logs') : logDir(host, state),
    logPrefix: suffixed('openclaw', profile),
  }
}

function portOverride(flags: RootFlags, env: Env, notices: string[]): Instance['portOverride'] {
  if (flags.port !== undefined) return { port: checkedPort(flags.port), source: 'flag' }
  const text = textVariable(env, 'OPENCLAW_GATEWAY_PORT')
  const port = text === undefined ? undefined : parsePort(text)
  if (port !== undefined) return { port, source: 'env' }
  if (text !== undefined) notices.push('Ignored OPENCLAW_GATEWAY_PORT: it must be a port, host:port or [v6]:port.')
  return undefined
}

async function settingsOf(
  env: Env,
  host: Host,
  path: (value: string) => string,
  notices: string[],
): Promise<InstanceSettings> {
  const parsed = await parseVariables(env, notices)
  return {
    token: textVariable(env, 'OPENCLAW_GATEWAY_TOKEN'),
    password: textVariable(env, 'OPENCLAW_GATEWAY_PASSWORD'),
    url: textVariable(env, 'OPENCLAW_GATEWAY_URL'),
    logLevel: parsed.OPENCLAW_LOG_LEVEL,
    bind: parsed.OPENCLAW_GATEWAY_BIND,
    readOnlyConfig: (parsed.OPENCLAW_CONFIG_READONLY || parsed.OPENCLAW_NIX_MODE) ?? false,
    includeRoots: (parsed.OPENCLAW_INCLUDE_ROOTS ?? []).filter((root) => root.trim()).map(path),
    allowMultiGateway: parsed.OPENCLAW_ALLOW_MULTI_GATEWAY ?? false,
    allowInsecurePrivateWs: parsed.OPENCLAW_ALLOW_INSECURE_PRIVATE_WS ?? false,
    handshakeTimeoutMs: parsed.OPENCLAW_HANDSHAKE_TIMEOUT_MS,
    loadShellEnv: parsed.OPENCLAW_LOAD_SHELL_ENV ?? false,
    skipCron: parsed.OPENCLAW_SKIP_CRON ?? false,
    debug: parsed.OPENCLAW_DEBUG ?? false,
    inContainer: host.inContainer,
  }
}

/** Freezes the value and everything in it. */
function freeze<T extends object>(value: T): T {
  for (const { value: part } of Object.values(Object.getOwnPropertyDescriptors(value))) {
    if (typeof part === 'object' && part !== null) freeze(part)
  }
  return Object.freeze(value)
}
