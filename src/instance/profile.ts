import { basename, dirname, join } from 'node:path'
import { GatewayError } from '../kernel/errors.js'
import type { RootFlags } from './root-flags.js'
import type { Instance } from './types.js'

export const defaultProfile = 'default'
export const devProfile = 'dev'
export const configFileName = 'openclaw.json'
export const databaseFileName = 'openclaw.db'

/** First character a letter or digit, at most 64 in all (spec/cli.md 0.1). */
const validName = /^[a-z0-9][a-z0-9_-]{0,63}$/i

/** Checks a name and gives it in its one spelling: `Default` is `default`, other names keep their case. */
export function profileName(name: string, from: string): string {
  if (!validName.test(name)) {
    const rule = 'Use only letters, numbers, "_" and "-", begin with a letter or number, at most 64 characters'
    throw new GatewayError('usage', { message: `${from}: ${JSON.stringify(name)} is not a profile name. ${rule}.` })
  }
  return name.toLowerCase() === defaultProfile ? defaultProfile : name
}

/** The profile that the flags name, or undefined when they name none. Throws `usage`. */
export function profileOfFlags(flags: RootFlags): string | undefined {
  const named = flags.profile === undefined ? undefined : profileName(flags.profile, '--profile')
  if (!flags.dev) return named
  if (named !== undefined && named !== devProfile) {
    throw new GatewayError('usage', { message: `Cannot combine --dev with --profile ${named}. Give one of them.` })
  }
  return devProfile
}

/** `~/.openclaw`, or `~/.openclaw-<profile>`. */
export function canonicalState(home: string, profile: string): string {
  return join(home, profile === defaultProfile ? '.openclaw' : `.openclaw-${profile}`)
}

/** The profile whose canonical state directory this is, or undefined for a custom place. */
export function profileOfState(home: string, state: string): string | undefined {
  if (dirname(state) !== home) return undefined
  const name = basename(state)
  if (name === '.openclaw') return defaultProfile
  const suffix = name.startsWith('.openclaw-') ? name.slice('.openclaw-'.length) : ''
  return validName.test(suffix) && suffix.toLowerCase() !== defaultProfile ? suffix : undefined
}

/** The profile whose canonical config file this is, or undefined for a custom place. */
export function profileOfConfig(home: string, config: string): string | undefined {
  return basename(config) === configFileName ? profileOfState(home, dirname(config)) : undefined
}

/** `base` for the default profile, `base-<profile>` for the others. */
export function suffixed(base: string, profile: string): string {
  return profile === defaultProfile ? base : `${base}-${profile}`
}

/** A command line for the user that keeps the profile: `openclaw --profile rescue gateway status`. */
export function commandFor(instance: Pick<Instance, 'profile'>, command: string): string {
  return instance.profile === defaultProfile
    ? `openclaw ${command}`
    : `openclaw --profile ${instance.profile} ${command}`
}
