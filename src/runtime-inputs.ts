import { join, resolve } from 'node:path'
import type { Config } from '../schemas/config/index.js'
import { agentRoster } from './agents/select.js'
import { authSettings } from './auth/from-config.js'
import { addressLookup } from './auth/own-addresses.js'
import type { AuthSettings } from './auth/settings.js'
import { secretName } from './config/redact.js'
import { configSource } from './config/source.js'
import type { ConfigView } from './config/view.js'
import { openConfig } from './config/watch.js'
import { readAddresses } from './instance/host.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { expandHome } from './kernel/expand-home.js'
import type { Undo } from './kernel/unwind.js'
import { type Logs, openLogs } from './logs/open.js'
import { CliThreads } from './models/cli-threads.js'
import { knownProviders } from './models/known-providers.js'
import { type Catalog, openCatalog } from './models/open-catalog.js'
import { ProfileFiles } from './models/profile-files.js'
import type { ProgramHost } from './models/types.js'
import { Secrets } from './secrets/secrets.js'
import type { Reference } from './secrets/types.js'
import type { Store } from './storage/types.js'

/** The log of an instance; without a console only the file. */
export function openInstanceLogs(
  instance: Instance,
  clock: Clock,
  options: { readonly console?: { write(line: string): void; readonly isTTY?: boolean }; readonly verbose?: boolean },
  config: Config = {},
): Logs {
  return openLogs({
    folder: instance.paths.logDir,
    home: instance.paths.home,
    prefix: instance.paths.logPrefix,
    profile: instance.profile,
    clock,
    config: config.logging ?? {},
    overrides: {
      env: instance.settings.logLevel,
      ...(options.verbose === undefined ? {} : { verbose: options.verbose }),
    },
    ...(options.console ? { console: options.console } : {}),
  })
}

/** What command-line programs that answer turns need of an instance. */
export function programHost({ paths }: Instance, config: ConfigView, store: Store, clock: Clock): ProgramHost {
  return {
    env: () => config.env,
    home: paths.home,
    folder: join(paths.state, 'cli'),
    threads: new CliThreads(store, clock),
  }
}

/** Keys of search providers (src/tools/_web-search). */
const searchKeys = ['BRAVE_API_KEY', 'PERPLEXITY_API_KEY']

const reference = /^\$\{?([A-Z][A-Z0-9_]*)\}?$/

/**
 * Values that the log must never show: whatever the config holds under a name that speaks of a secret, what it refers
 * to in the environment, and the variables that are read without being named in the config.
 */
export function secretsOf(config: Config, env: ConfigView['env'], settings: Instance['settings']): string[] {
  const names = [...Object.values(knownProviders).flatMap(({ keys }) => keys), ...searchKeys]
  const known = names.map((name) => env[name])
  const found = [...namedSecrets(config, env), ...known, settings.token, settings.password]
  return found.filter((value) => value !== undefined)
}

function namedSecrets(tree: object, env: ConfigView['env']): (string | undefined)[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'string' && secretName.test(name)) {
      const variable = reference.exec(value)?.[1]
      return [variable === undefined ? value : env[variable]]
    }
    if (typeof value !== 'object' || value === null) return []
    const inEnvironment = 'source' in value && value.source === 'env' && 'id' in value
    return inEnvironment ? [env[String(value.id)]] : namedSecrets(value, env)
  })
}

/** The accounts of agents in this instance's state directory, or where the config has an agent's folder. */
function openAccounts(
  { paths }: Instance,
  config: ConfigView,
  { logger: log }: Logs,
  onRead: () => void,
): ProfileFiles {
  const agentDir = (id: string) => {
    const folder = config.current.agents?.entries?.[id]?.agentDir
    return folder === undefined ? undefined : resolve(paths.state, expandHome(folder, paths.home))
  }
  return new ProfileFiles({ log, state: paths.state, agentDir, onRead })
}

/** References to secrets that stand in the accounts of the agents. */
function accountReferences(accounts: ProfileFiles, config: Config): Reference[] {
  return agentRoster(config).ids.flatMap((agent) =>
    accounts.of(agent).profiles.flatMap(({ id, secret }): Reference[] => {
      const ref = typeof secret === 'string' ? undefined : secret
      if (!ref) return []
      return [{ path: `auth profile ${id} of ${agent}`, owner: `account:${id}`, ref, settings: ref, structured: false }]
    }),
  )
}

/** What auth settings are read from. */
export type AuthConfig = Pick<Parameters<typeof authSettings>[0], 'config' | 'env'>

export interface Credentials {
  readonly accounts: ProfileFiles
  readonly secrets: Secrets
  /** Tells the log everything that it must never show. */
  hideSecrets(): void
  /** The auth settings of a config for addresses and a port, with the secrets of this moment. Throws what refuses them. */
  authOn(where: { readonly bindAddresses: readonly string[]; readonly port: number }, of: AuthConfig): AuthSettings
  /** The models of a config. */
  catalogOf(config: Config): Catalog
}

/**
 * Reads the secrets of an instance; changes of the config wait until their secrets are read.
 * @throws GatewayError `secret_unavailable` when the gateway's own secret cannot be read.
 */
export async function openCredentials(
  instance: Instance,
  config: ConfigView,
  logs: Logs,
  clock: Clock,
  undo: Undo,
): Promise<Credentials> {
  const { paths, settings } = instance
  const accounts = openAccounts(instance, config, logs, () => {
    hideSecrets()
    secrets.notice()
  })
  const more = () => accountReferences(accounts, config.current)
  const secrets = new Secrets({ config, log: logs.logger, clock, home: paths.home, more })
  undo.push(() => secrets.close())
  const hideSecrets = () =>
    logs.hide([...secretsOf(config.current, config.env, settings), ...accounts.secrets(), ...secrets.values()])
  undo.push(config.admitWith((next, env) => secrets.admit(next, env)))
  await secrets.open()
  hideSecrets()
  const ownAddresses = addressLookup(readAddresses, clock)
  const secret = secrets.lookup
  const profiles = (agent: string) => accounts.of(agent)
  return {
    accounts,
    secrets,
    hideSecrets,
    authOn: (where, of) => authSettings({ ...of, settings, ...where, ownAddresses, secret }),
    catalogOf: (current) => openCatalog({ config: current, env: config.env, secret, profiles }),
  }
}

/** The config of an instance, closed with the rest. */
export async function ownConfig(instance: Instance, logs: Logs, clock: Clock, undo: Undo): Promise<ConfigView> {
  const config = await openConfig(configSource(instance), { log: logs.logger, clock })
  undo.push(() => config.close())
  return config
}
