import { resolve } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import { expandHome } from '../../kernel/expand-home.js'
import { silentLogger } from '../../kernel/logger.js'
import { profileOf } from '../../models/account.js'
import { type AuthProfiles, profilesFor } from '../../models/auth-profiles.js'
import { resolveAccounts } from '../../models/catalog.js'
import { ProfileFiles } from '../../models/profile-files.js'
import type { Program } from '../../models/program-types.js'
import { ownEntry } from '../../models/selection.js'
import { findProgram } from '../../sandbox/program.js'
import type { LocalConfig } from '../local-config.js'

export interface Usability {
  readonly usable: boolean
  /** Why it cannot be used. */
  readonly problem: string | undefined
  /** The accounts or other keys that it is called with, in order. */
  readonly accounts: readonly string[]
  /** Milliseconds since the epoch; the latest end among accounts that all end. */
  readonly expiresAt: number | undefined
}

/** The accounts of agents in the state directory of an instance. */
export function accountsIn({ instance: { paths }, config }: LocalConfig): (agent: string) => AuthProfiles {
  const agentDir = (id: string) => {
    const folder = config.agents?.entries?.[id]?.agentDir
    return folder === undefined ? undefined : resolve(paths.state, expandHome(folder, paths.home))
  }
  const files = new ProfileFiles({ log: silentLogger, state: paths.state, agentDir })
  return (agent) => files.of(agent)
}

/** Whether an agent could call a model as things are on this machine. Nothing is asked over the network. */
export function usabilityOf(local: LocalConfig, profiles: AuthProfiles, agentId: string, name: string): Usability {
  const { config, env } = local
  try {
    const models = resolveAccounts(config, name, env, { agentId, profiles })
    const accounts = models.map(({ account }) => profileOf(account))
    const own = profilesFor(profiles, models[0].provider, ownEntry(config.auth?.order, models[0].provider))
    const ends = accounts.map((id) => own.find((profile) => profile.id === id)?.expiresAt)
    const problem = missingProgram(local, models[0].program)
    const expiresAt = ends.includes(undefined) ? undefined : Math.max(...ends.map((end) => end ?? 0))
    return { usable: problem === undefined, problem, accounts, expiresAt }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { usable: false, problem: error.message, accounts: [], expiresAt: undefined }
  }
}

function missingProgram({ instance, env }: LocalConfig, program: Program | undefined): string | undefined {
  if (!program) return undefined
  const command = expandHome(program.command, instance.paths.home)
  if (findProgram(command, command.startsWith('/') ? '/' : env.PATH) !== undefined) return undefined
  return `The command "${program.command}" of ${program.id} is not installed, or not in PATH.`
}
