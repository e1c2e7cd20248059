import { join, resolve } from 'node:path'
import { expandHome } from '../../kernel/expand-home.js'
import type { ApplyOptions } from '../../secrets/plan/apply.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'
import { credentialNames } from './credential-names.js'

/** What `applyPlan` needs to know of the profile. Throws `config_invalid`. */
export async function applyOptions(
  context: CommandContext,
  options: Pick<ApplyOptions, 'dryRun' | 'allowExec' | 'signal'>,
): Promise<ApplyOptions> {
  const { instance, config } = await localConfig(context)
  const { state, home } = instance.paths
  return {
    ...options,
    credentialNames: credentialNames(),
    agentDir(agentId) {
      const own = config.agents?.entries?.[agentId]?.agentDir
      return own === undefined ? join(state, 'agents', agentId, 'agent') : resolve(state, expandHome(own, home))
    },
  }
}
