import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toValue } from '../config/json5/node.js'
import { parseJson5 } from '../config/json5/parse.js'
import { loadConfig } from '../config/load.js'
import { getAt } from '../config/tree.js'
import type { LoadedConfig } from '../config/types.js'
import { fallbackPort } from '../instance/ports.js'
import { configFileName, databaseFileName, defaultProfile, profileOfState } from '../instance/profile.js'
import { type RunRecord, readRunFile } from '../instance/run-file.js'
import type { Instance, PortSource } from '../instance/types.js'

/** One profile as its files say; whether it runs is another question. */
export interface ProfileFacts {
  readonly profile: string
  readonly state: string
  readonly configPath: string
  readonly config: 'missing' | 'valid' | 'invalid'
  readonly port: number
  readonly portSource: Exclude<PortSource, 'flag'>
  /** Run-file, as found: a gateway that was killed leaves one behind. */
  readonly record: RunRecord | undefined
  /** True for the profile of the caller. */
  readonly current: boolean
}

/**
 * Every state directory under the home directory (`~/.openclaw*`), and the caller's own wherever it is. A folder with
 * neither config, database nor run-file is no profile: `~/.openclaw` also holds the workspaces of the others, and a
 * start that was refused leaves its lock files.
 */
export async function readProfiles(instance: Instance): Promise<ProfileFacts[]> {
  const { home, state } = instance.paths
  const names = await readdir(home, { withFileTypes: true }).catch(() => [])
  const found = names.filter((entry) => entry.isDirectory()).map((entry) => join(home, entry.name))
  const others = found.filter((path) => path !== state && profileOfState(home, path) !== undefined)
  const facts = await Promise.all([readOwn(instance), ...others.map((path) => readOther(instance, path))])
  const real = facts.filter((one) => one !== undefined)
  return real.sort((a, b) => rank(a) - rank(b) || (a.profile < b.profile ? -1 : 1))
}

const rank = ({ profile }: ProfileFacts): number => (profile === defaultProfile ? 0 : 1)

async function readOwn(instance: Instance): Promise<ProfileFacts> {
  const { paths, profile, env, settings, portOverride } = instance
  const loaded = await loadConfig({ path: paths.config, env, includeRoots: settings.includeRoots })
  const port = portOverride ? ({ port: portOverride.port, source: 'env' } as const) : portOf(loaded, profile)
  const record = await readRunFile(paths.runFile)
  return {
    ...factsOf(profile, paths.state, paths.config, loaded, record, true),
    port: port.port,
    portSource: port.source,
  }
}

async function readOther(instance: Instance, state: string): Promise<ProfileFacts | undefined> {
  const profile = profileOfState(instance.paths.home, state) ?? defaultProfile
  const record = await readRunFile(join(state, 'run', 'gateway.json'))
  const path = record?.stateDir === state ? record.configPath : join(state, configFileName)
  const loaded = await loadConfig({ path, env: instance.env, includeRoots: [] })
  if (!loaded.exists && record === undefined && !existsSync(join(state, databaseFileName))) return undefined
  const { port, source } = portOf(loaded, profile)
  return { ...factsOf(profile, state, path, loaded, record, false), port, portSource: source }
}

function factsOf(
  profile: string,
  state: string,
  configPath: string,
  loaded: LoadedConfig,
  record: RunRecord | undefined,
  current: boolean,
): Omit<ProfileFacts, 'port' | 'portSource'> {
  const config = loaded.exists ? (loaded.ok ? 'valid' : 'invalid') : 'missing'
  return { profile, state, configPath, config, record, current }
}

function portOf(loaded: LoadedConfig, profile: string): { port: number; source: Exclude<PortSource, 'flag'> } {
  const configured = loaded.ok ? loaded.config.gateway?.port : rawPort(loaded)
  return configured === undefined ? fallbackPort(profile) : { port: configured, source: 'config' }
}

/** A file with a mistake elsewhere still says where its gateway is meant to listen. */
export function rawPort({ files }: Pick<LoadedConfig, 'files'>): number | undefined {
  try {
    const port = getAt(toValue(parseJson5(files[0]?.text ?? '{}')), ['gateway', 'port'])
    return typeof port === 'number' ? port : undefined
  } catch {
    return undefined
  }
}
