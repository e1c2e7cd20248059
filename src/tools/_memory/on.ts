import type { Config } from '../../../schemas/config/index.js'

/** Whether an agent has memory: its own setting, then that of all agents, then `memory.search`. */
export function memoryOn({ agents, memory }: Config, agent: string): boolean {
  const { entries, defaults } = agents ?? {}
  const own = entries && Object.hasOwn(entries, agent) ? entries[agent]?.memorySearch : undefined
  return own?.enabled ?? defaults?.memorySearch?.enabled ?? memory?.search?.enabled ?? true
}
