import type { Static } from '../../schemas/type.js'
import type { AgentsListResult } from '../../schemas/ws/agents.js'
import { requireAgent } from '../../src/agents/select.js'
import { workspaceOf } from '../../src/agents/workspace/folder.js'
import { modelForAgent } from '../../src/models/selection.js'
import type { Runtime } from '../../src/runtime.js'
import type { Given } from './_method.js'

type Agents = Given<Static<typeof AgentsListResult>>

/** What `agents.list` answers; `kinds` for clients that tell agents from system agents. */
export function listAgents({ instance, config: { current }, agents }: Runtime, kinds: boolean): Agents {
  const { ids, defaultId } = agents.roster()
  const ownership = current.agents?.ownership
  return {
    defaultId,
    mainKey: current.session?.mainKey || 'main',
    scope: current.session?.scope ?? 'per-sender',
    ...(ownership && { ownership }),
    agents: ids.map((id) => {
      const entry = current.agents?.entries?.[id]
      const { name, theme, emoji, avatar } = entry?.identity ?? {}
      const identity = withoutEmpty({ name, theme, emoji, avatar })
      const { primary, fallbacks } = modelForAgent(current, id)
      return {
        id,
        ...(kinds && { kind: 'agent' as const }),
        ...withoutEmpty({ name: entry?.name || name }),
        ...(Object.keys(identity).length > 0 && { identity }),
        workspace: workspaceOf(instance.paths, current, id),
        model: { primary, ...(fallbacks.length > 0 && { fallbacks }) },
        ...withoutEmpty({ thinkingDefault: entry?.thinkingDefault ?? current.agents?.defaults?.thinkingDefault }),
      }
    }),
  }
}

/** Where an agent works. Throws `agent_not_found`. */
export function workspaceFor({ instance, config, agents }: Runtime, agentId: string): string {
  requireAgent(agents.roster(), agentId)
  return workspaceOf(instance.paths, config.current, agentId)
}

/** The agent that params mean: named, that of the session key, or the default one. Throws `agent_not_found`. */
export function agentForSession(
  { agents }: Runtime,
  { agentId, sessionKey }: { readonly agentId?: string | undefined; readonly sessionKey?: string | undefined },
): string {
  const roster = agents.roster()
  const id = agentId ?? /^agent:([^:]+):/.exec(sessionKey ?? '')?.[1] ?? roster.defaultId
  requireAgent(roster, id)
  return id
}

function withoutEmpty<T extends Record<string, string | undefined>>(fields: T): { [Key in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value)) as { [Key in keyof T]?: string }
}
