import { readFile } from 'node:fs/promises'
import type { ProfileFacts } from '../../setup/profiles.js'
import type { Owned } from './types.js'

/** Variables that bind a process to a profile. */
const binding = ['OPENCLAW_STATE_DIR', 'OPENCLAW_CONFIG_PATH', 'OPENCLAW_PROFILE']

/**
 * Variables of the running gateway that name another profile's files: what it starts inherits them and would reach the
 * other gateway (spec/runtime.md 14, 5). Linux only; elsewhere nothing is found.
 */
export async function foreignVariables({ record, profile, state, configPath }: ProfileFacts): Promise<Owned[]> {
  if (!record) return []
  const text = await readFile(`/proc/${record.pid}/environ`, 'utf8').catch(() => '')
  const own: Record<string, string> = {
    OPENCLAW_STATE_DIR: state,
    OPENCLAW_CONFIG_PATH: configPath,
    OPENCLAW_PROFILE: profile,
  }
  return text.split('\0').flatMap((line): Owned[] => {
    const [name = '', ...rest] = line.split('=')
    const value = rest.join('=')
    if (!binding.includes(name) || value === '' || value === own[name]) return []
    return [{ kind: 'process-environment', value: line, shown: `${name}=${value}`, fix: `start it without ${name}` }]
  })
}
