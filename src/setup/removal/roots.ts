import { existsSync } from 'node:fs'
import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { workspaceOf } from '../../agents/workspace/folder.js'
import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Config } from '../../config/types.js'
import { canonicalState, configFileName, databaseFileName, suffixed } from '../../instance/profile.js'
import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { readProfiles } from '../profiles.js'

/** True when `path` is `folder` or below it. Both absolute and real. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** The real path, also of something whose last parts do not exist. */
export async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realOf(parent), basename(path))
  }
}

/** True for a link, wherever it leads. */
export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true
}

/**
 * Throws `removal_refused` for a state directory that cannot be one: a home directory or a folder above it, or one that
 * holds nothing of a gateway. A mistyped OPENCLAW_STATE_DIR must not cost anybody their files.
 */
export async function checkState({ paths, profile }: Instance): Promise<void> {
  const [state, home] = await Promise.all([realOf(paths.state), realOf(paths.home)])
  if (isWithin(home, state)) throw refused(paths.state, 'it is a home directory, or a folder above one')
  // A place that goes by the name of the profile is not mistyped, and a reset may have left no mark in it.
  if (paths.state === canonicalState(paths.home, profile)) return
  if (!existsSync(state) || marks.some((name) => existsSync(join(state, name)))) return
  // A start that was refused leaves its locks, wherever it was: alone they may go, beside something else they say nothing.
  const names = await readdir(state)
  if (names.some((name) => name !== basename(paths.locks))) throw refused(paths.state, 'it holds nothing of a gateway')
}

/** Files that only a gateway makes. Folders of usual names (`run`, `credentials`) are in other people's projects too. */
const marks = [configFileName, databaseFileName, join('run', 'gateway.json'), join('credentials', 'identity.json')]

function refused(path: string, why: string): GatewayError {
  return new GatewayError('removal_refused', {
    message: `${path} is not removed: ${why}. Check OPENCLAW_STATE_DIR and --profile.`,
    details: { path },
  })
}

/** Workspaces of all agents of a config. A config that cannot be read has only the usual one. */
export function workspacesOf(paths: Instance['paths'], config: Config): string[] {
  const agents = Object.keys(config.agents?.entries ?? {})
  const found = ['main', ...agents].map((agent) => workspaceOf(paths, config, agent))
  return [...new Set([paths.workspace, ...found])]
}

/** The config of the instance, empty when it cannot be read. */
export async function readableConfig(instance: Instance): Promise<Config> {
  const loaded = await loadConfig(configSource(instance))
  return loaded.ok ? loaded.config : {}
}

/** Where the workspace of this profile is by itself; a configured one elsewhere is nobody's to delete. */
export function usualWorkspace({ paths, profile }: Instance): string {
  return join(paths.home, '.openclaw', suffixed('workspace', profile))
}

/**
 * Real paths of everything that belongs to the other profiles of this home: state directories, configs, workspaces, and
 * every `~/.openclaw/workspace-<name>` whose profile is not this one, whether its config is there or not.
 */
export async function foreignPaths(instance: Instance): Promise<string[]> {
  const others = (await readProfiles(instance)).filter(({ current }) => !current)
  const found: string[] = []
  for (const { profile, state, configPath } of others) {
    const usual = join(instance.paths.home, '.openclaw', suffixed('workspace', profile))
    const paths = { ...instance.paths, state, config: configPath, workspace: usual }
    const loaded = await loadConfig({ path: configPath, env: instance.env, includeRoots: [] })
    found.push(state, configPath, ...workspacesOf(paths, loaded.ok ? loaded.config : {}))
  }
  const shared = join(instance.paths.home, '.openclaw')
  const names = await readdir(shared).catch((): string[] => [])
  const own = suffixed('workspace', instance.profile)
  found.push(...names.filter((name) => /^workspace-/.test(name) && name !== own).map((name) => join(shared, name)))
  return [...new Set(await Promise.all(found.map(realOf)))]
}
