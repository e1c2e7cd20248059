import { agentRoster } from '../../agents/select.js'
import { workspaceOf } from '../../agents/workspace/folder.js'
import type { Config } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import { modelForAgent } from '../../models/selection.js'
import { bindingText } from './bindings.js'

export interface AgentRow {
  readonly id: string
  readonly name?: string
  readonly emoji?: string
  readonly isDefault: boolean
  readonly workspace: string
  readonly model: string
  readonly bindings: readonly string[]
}

/** Every agent of a config. */
export function agentRows(instance: Instance, config: Config): AgentRow[] {
  const { ids, defaultId } = agentRoster(config)
  return ids.map((id) => {
    const entry = config.agents?.entries?.[id]
    const name = entry?.identity?.name ?? entry?.name
    const emoji = entry?.identity?.emoji
    return {
      id,
      ...(name && { name }),
      ...(emoji && { emoji }),
      isDefault: id === defaultId,
      workspace: workspaceOf(instance.paths, config, id),
      model: modelForAgent(config, id).primary,
      bindings: (config.bindings ?? []).filter(({ agentId }) => agentId === id).map(bindingText),
    }
  })
}
