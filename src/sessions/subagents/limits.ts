import type { Config } from '../../../schemas/config/index.js'

const marker = ':subagent:'
const defaults = { depth: 1, children: 5, atOnce: 8, archiveMinutes: 60 } as const

type SubagentKeys = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['subagents']>

/** `agents.defaults.subagents` with the agent's own keys over it. */
export function subagentSettings(config: Config, agent: string) {
  const merged: SubagentKeys = {
    ...config.agents?.defaults?.subagents,
    ...config.agents?.entries?.[agent]?.subagents,
  }
  const { model } = merged
  return {
    maxDepth: merged.maxSpawnDepth ?? defaults.depth,
    maxChildren: merged.maxChildrenPerAgent ?? defaults.children,
    /** Of all agents together. */
    atOnce: Math.max(1, config.agents?.defaults?.subagents?.maxConcurrent ?? defaults.atOnce),
    /** 0: never. */
    archiveMs: (merged.archiveAfterMinutes ?? defaults.archiveMinutes) * 60_000,
    /** 0: no limit. */
    timeoutSeconds: merged.runTimeoutSeconds ?? 0,
    model: (typeof model === 'string' ? model : model?.primary) ?? config.tools?.subagents?.model,
  }
}

/** 0 for a session that no agent started. */
export function depthOf(sessionKey: string): number {
  return sessionKey.split(marker).length - 1
}

/** The key of a child, which shows how deep it is. */
export function childKeyOf(requesterKey: string, agent: string, id: string): string {
  const at = requesterKey.indexOf(marker)
  const above = at < 0 ? '' : requesterKey.slice(at)
  return `agent:${agent}${above}${marker}${id}`
}
