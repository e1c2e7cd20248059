import type { Config } from '../config/types.js'
import { type AgentIdentity, identityOf } from './identity.js'
import { readFile } from './workspace/files.js'

/** Who an agent is: as the config says, else as IDENTITY.md of its workspace does. Never rejects. */
export async function readIdentity(config: Config, agent: string, workspace: string): Promise<AgentIdentity> {
  // A file that cannot be read says nothing of the agent.
  const file = await readFile(workspace, 'IDENTITY.md').catch(() => undefined)
  return identityOf(config.agents?.entries?.[agent], file?.content)
}
