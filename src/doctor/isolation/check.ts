import { randomBytes } from 'node:crypto'
import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { readProfiles } from '../../setup/profiles.js'
import { ownershipOf } from './gather.js'
import { judge } from './judge.js'
import type { Finding, ProfileOwnership } from './types.js'

export interface IsolationReport {
  readonly ok: boolean
  readonly profiles: readonly ProfileOwnership[]
  readonly findings: readonly Finding[]
}

/**
 * Proves that profiles of this host share nothing, or names what they share. Without names it looks at all of them.
 * `main` is the default profile. Throws `not_found` for a profile that is not there.
 */
export async function checkIsolation(instance: Instance, names: readonly string[]): Promise<IsolationReport> {
  const all = await readProfiles(instance)
  const wanted = names.map((name) => (name === 'main' ? 'default' : name))
  const missing = wanted.find((name) => !all.some(({ profile }) => profile === name))
  if (missing !== undefined) {
    throw new GatewayError('not_found', {
      message: `There is no profile "${missing}" on this host.`,
      details: { next: 'profiles list' },
    })
  }
  const chosen = wanted.length === 0 ? all : all.filter(({ profile }) => wanted.includes(profile))
  // Hashes of secrets mean nothing outside of this run.
  const salt = randomBytes(32)
  const profiles = await Promise.all(chosen.map((facts) => ownershipOf(instance, facts, salt)))
  const findings = judge(profiles)
  return { ok: findings.every(({ severity }) => severity !== 'violation'), profiles, findings }
}
