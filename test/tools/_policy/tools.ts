import type { Config } from '../../../schemas/config/index.js'
import type { ToolGroup } from '../../../src/tools/_groups.js'
import { decide, type Policy } from '../../../src/tools/_policy/decide.js'
import { layersOf } from '../../../src/tools/_policy/layers.js'
import type { PolicyFacts, PolicyTool } from '../../../src/tools/_policy/types.js'

const byGroup: readonly [ToolGroup, string][] = [
  ['runtime', 'exec process'],
  ['fs', 'read write edit apply_patch'],
  ['sessions', 'sessions_list sessions_history sessions_send sessions_spawn session_status'],
  ['agents', 'agents_list'],
  ['memory', 'memory_search memory_get'],
  ['messaging', 'message'],
  ['automation', 'cron gateway'],
  ['nodes', 'nodes'],
  ['ui', 'browser canvas'],
  ['web', 'web_search web_fetch'],
  ['media', 'image'],
]

/** The tools of the finished gateway, and one of a plugin. */
export const allTools: readonly PolicyTool[] = [
  ...byGroup.flatMap(([group, names]) =>
    names.split(' ').map(
      (name): PolicyTool => ({
        name,
        group,
        ...(['cron', 'gateway', 'nodes'].includes(name) && { ownerOnly: true as const }),
      }),
    ),
  ),
  { name: 'jira_search', group: 'web', plugin: 'jira' },
]

export const allNames = allTools.map(({ name }) => name)

export const owner: PolicyFacts = { agent: 'main', owner: true }

export function policyOf(config: Config, facts: Partial<PolicyFacts> = {}): Policy {
  const all = { ...owner, ...facts }
  return decide(layersOf(config, all), allTools, all)
}

/** Names that a policy lets through, in the order of `allTools`. */
export function allowed(config: Config, facts: Partial<PolicyFacts> = {}): string[] {
  const { verdicts } = policyOf(config, facts)
  return allNames.filter((name) => verdicts.get(name)?.allowed)
}

/** `'all'`, `'all -exec -read'`, or names. Groups as `@fs`. */
export function names(text: string): string[] {
  const wanted = new Set<string>()
  for (const word of text.split(' ').filter(Boolean)) {
    const off = word.startsWith('-')
    for (const name of meant(off ? word.slice(1) : word)) {
      if (off) wanted.delete(name)
      else wanted.add(name)
    }
  }
  return allNames.filter((name) => wanted.has(name))
}

function meant(word: string): readonly string[] {
  if (word === 'all') return allNames
  if (!word.startsWith('@')) return [word]
  return byGroup.find(([group]) => group === word.slice(1))?.[1].split(' ') ?? []
}
