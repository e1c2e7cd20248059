import { join, resolve } from 'node:path'
import type { Config } from '../../config/types.js'
import type { InstancePaths } from '../../instance/types.js'
import { expandHome } from '../../kernel/expand-home.js'
import { agentRoster } from '../select.js'

type Paths = Pick<InstancePaths, 'home' | 'state' | 'workspace'>

/** Where an agent works, absolute: what the config says of it, else a place of its own in the state directory. */
export function workspaceOf(paths: Paths, config: Config, agentId: string): string {
  const { entries, defaults } = config.agents ?? {}
  const own = entries && Object.hasOwn(entries, agentId) ? entries[agentId]?.workspace : undefined
  const shared = agentRoster(config).defaultId === agentId ? (defaults?.workspace ?? paths.workspace) : undefined
  const chosen = own || shared
  return chosen ? resolve(paths.home, expandHome(chosen, paths.home)) : ownWorkspace(paths, agentId)
}

/** Not `workspace-<id>`: that is the workspace of the profile of that name. */
export function ownWorkspace({ state }: Pick<Paths, 'state'>, agentId: string): string {
  return join(state, 'agents', agentId, 'workspace')
}
