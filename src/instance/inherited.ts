import { profileName, profileOfConfig, profileOfState } from './profile.js'
import type { Env } from './types.js'
import { setValue } from './unset.js'

/** Which gateway is meant, and where it is. */
const identity = ['OPENCLAW_PROFILE', 'OPENCLAW_STATE_DIR', 'OPENCLAW_CONFIG_PATH'] as const

/** Variables that make sense for one gateway only. They go when another one is chosen. */
const bound = [
  'OPENCLAW_WORKSPACE_DIR',
  'OPENCLAW_GATEWAY_PORT',
  'OPENCLAW_GATEWAY_TOKEN',
  'OPENCLAW_GATEWAY_PASSWORD',
  'OPENCLAW_GATEWAY_URL',
  'OPENCLAW_SYSTEMD_UNIT',
  'OPENCLAW_LAUNCHD_LABEL',
  'OPENCLAW_WINDOWS_TASK_NAME',
] as const

export interface Chosen {
  /** Profile that `--profile`, `--dev` or `OPENCLAW_PROFILE` names. */
  readonly profile: string
  /** How the user named it, for the notice. */
  readonly by: string
  readonly home: string
  /** Makes a path variable absolute. */
  readonly path: (value: string) => string
}

/**
 * Drops variables that a shell inherited from the gateway of another profile (spec/README.md 5): its name, its
 * canonical state directory or config file, and with any of them its port, secrets and service names. Custom paths
 * stay. One notice names what was dropped and whose it was.
 */
export function withoutInherited(env: Env, chosen: Chosen, notices: string[]): Env {
  const owners = new Map<string, string>()
  const check = (name: string, owner: (value: string) => string | undefined) => {
    const value = setValue(env, name)
    const found = value === undefined ? undefined : owner(value)
    if (found !== undefined && found !== chosen.profile) owners.set(name, found)
  }
  check('OPENCLAW_PROFILE', readName)
  check('OPENCLAW_STATE_DIR', (value) => profileOfState(chosen.home, chosen.path(value)))
  check('OPENCLAW_CONFIG_PATH', (value) => profileOfConfig(chosen.home, chosen.path(value)))
  if (owners.size === 0) return env
  const dropped = [...owners.keys(), ...bound.filter((name) => setValue(env, name) !== undefined)]
  const whose = [...new Set(owners.values())].map((owner) => `"${owner}"`).join(' and ')
  notices.push(`Ignored ${dropped.join(', ')}: set for profile ${whose}, but ${chosen.by} chose "${chosen.profile}".`)
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.includes(name)))
}

/** The environment for another profile than the caller's: nothing of it says any more where that one is, or what it has. */
export function withoutBound(env: Env): Env {
  const dropped: ReadonlySet<string> = new Set([...identity, ...bound])
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.has(name)))
}

/** A name that breaks the rules belongs to somebody else too. */
function readName(value: string): string {
  try {
    return profileName(value.trim(), 'OPENCLAW_PROFILE')
  } catch {
    return value
  }
}
