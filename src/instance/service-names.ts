import { defaultProfile, suffixed } from './profile.js'
import type { Env, ServiceNames } from './types.js'

/** What service managers accept in a name and what is safe as a file name. */
const validOverride = /^[A-Za-z0-9][A-Za-z0-9 ()_.@:-]{0,199}$/

/** Names of the profile's service on each system (spec/cli.md 0.2); a variable may give another one. */
export function serviceNames(profile: string, env: Env, notices: string[]): ServiceNames {
  const override = (name: string): string | undefined => {
    const value = env[name]?.trim()
    if (!value || validOverride.test(value)) return value || undefined
    notices.push(`Ignored ${name}: it holds characters that a service name cannot have.`)
    return undefined
  }
  const named = profile !== defaultProfile
  const unit = override('OPENCLAW_SYSTEMD_UNIT') ?? suffixed('openclaw-gateway', profile)
  return {
    systemd: unit.endsWith('.service') ? unit : `${unit}.service`,
    launchd: override('OPENCLAW_LAUNCHD_LABEL') ?? `ai.openclaw.${named ? profile : 'gateway'}`,
    windows: override('OPENCLAW_WINDOWS_TASK_NAME') ?? (named ? `OpenClaw Gateway (${profile})` : 'OpenClaw Gateway'),
    description: named ? `OpenClaw Gateway (profile: ${profile})` : 'OpenClaw Gateway',
  }
}
