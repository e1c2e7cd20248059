import type { Config } from '../../../schemas/config/index.js'
import type { Report } from './report.js'

/** Agents are named in many places; a name that no agent has is worth a word. */
export function bindingRules(config: Config, report: Report): void {
  const entries = Object.entries(config.agents?.entries ?? {})
  const known = new Set(entries.length === 0 ? ['main'] : entries.map(([id]) => id))
  config.bindings?.forEach((binding, index) => {
    const path = ['bindings', index, 'agentId']
    if (binding.agentId !== undefined && !known.has(binding.agentId))
      report.warn(path, `No agent is called "${binding.agentId}". Known: ${[...known].join(', ')}.`)
  })
  const marked = entries.filter(([, entry]) => entry.default === true)
  if (marked.length > 1)
    report.warn(
      ['agents', 'entries', marked[1]?.[0] ?? '', 'default'],
      `More than one agent is the default; "${marked[0]?.[0]}" is used.`,
    )
}
