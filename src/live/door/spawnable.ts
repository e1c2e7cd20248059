import type { Config } from '../../../schemas/config/index.js'
import type { AgentRoster } from '../../agents/select.js'
import type { SpawnableAgents } from '../../tools/_gateway/agents.js'

/** Which agents an agent may start sub-agents of: itself, and those of `subagents.allowAgents`. */
export function spawnableAgents({ agents }: Config, roster: AgentRoster, requester: string): SpawnableAgents {
  const allow = agents?.entries?.[requester]?.subagents?.allowAgents ?? agents?.defaults?.subagents?.allowAgents ?? []
  const names = new Set(allow.map((id) => id.trim().toLowerCase()))
  const all = names.has('*')
  const open = roster.ids.filter((id) => id !== requester && (all || names.has(id.toLowerCase())))
  return {
    requester,
    all,
    agents: [requester, ...open].map((id) => {
      const name = agents?.entries?.[id]?.identity?.name ?? agents?.entries?.[id]?.name
      return { id, ...(name !== undefined && { name }) }
    }),
  }
}
