import { suggest } from '../../config/suggest.js'
import { toolGroups } from '../_groups.js'
import { expand, expandAllowed } from './match.js'
import { canonicalName, foreignNames } from './names.js'
import type { PolicyEntry, PolicyFacts, PolicyLayer, PolicyNotice, PolicyRule, PolicyTool, Verdict } from './types.js'

export interface Policy {
  /** By tool name; every tool that there is. */
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly notices: readonly PolicyNotice[]
}

/**
 * What the layers let through of all the tools that there are, and for each the rule that decided: the first that
 * denies; else the first closed list that it is not on; else the last list that names it.
 */
export function decide(
  layers: readonly PolicyLayer[],
  tools: readonly PolicyTool[],
  { owner }: Pick<PolicyFacts, 'owner'>,
): Policy {
  const notices: PolicyNotice[] = []
  const read = layers.map((layer) => readLayer(layer, tools, notices))
  const verdicts = new Map(
    tools.map((tool): [string, Verdict] => {
      const rule = (tool.ownerOnly && !owner && ownerRule) || denial(read, tool) || omission(read, tool)
      return [tool.name, rule ? { allowed: false, rule } : { allowed: true, rule: permission(read, tool) }]
    }),
  )
  return { verdicts, notices }
}

const ownerRule: PolicyRule = { layer: 'owner', key: 'commands.ownerAllowFrom', builtIn: true }
const openRule: PolicyRule = { layer: 'default', key: 'tools' }

/** A layer whose entries have been looked up: the first entry that means a tool stands for it. */
interface ReadLayer {
  readonly layer: PolicyLayer
  readonly allow: ReadonlyMap<PolicyTool, PolicyEntry> | undefined
  readonly deny: ReadonlyMap<PolicyTool, PolicyEntry>
}

function readLayer(layer: PolicyLayer, tools: readonly PolicyTool[], notices: PolicyNotice[]): ReadLayer {
  const allow = layer.allow && look(layer.allow, tools, expandAllowed)
  const deny = look(layer.deny ?? [], tools, expand)
  const unknown = [...(layer.allow ?? []), ...(layer.deny ?? [])].filter((entry) => isUnknown(entry, tools))
  for (const entry of unknown) notices.push(unknownName(entry, tools))
  const nothingKnown = layer.allow?.every((entry) => unknown.includes(entry)) ?? false
  if (!layer.forgiving || !nothingKnown) return { layer, allow, deny }
  const key = layer.allowKey ?? ''
  notices.push({ key, message: `${key} names no tool that there is; it is ignored, so it keeps nothing out.` })
  return { layer, allow: undefined, deny }
}

function look(
  list: readonly PolicyEntry[],
  tools: readonly PolicyTool[],
  by: typeof expand,
): ReadonlyMap<PolicyTool, PolicyEntry> {
  const found = new Map<PolicyTool, PolicyEntry>()
  for (const entry of list) {
    for (const tool of by(entry.text, tools)) if (!found.has(tool)) found.set(tool, entry)
  }
  return found
}

const groups: ReadonlySet<string> = new Set([...toolGroups, 'openclaw', 'plugins'])

function isUnknown({ text, builtIn }: PolicyEntry, tools: readonly PolicyTool[]): boolean {
  if (builtIn) return false
  const plain = text.trim().toLowerCase()
  if (plain.startsWith('group:')) return !groups.has(plain.slice('group:'.length))
  return expand(text, tools).length === 0 && !foreignNames.has(canonicalName(text))
}

function unknownName({ text, key }: PolicyEntry, tools: readonly PolicyTool[]): PolicyNotice {
  const near = suggest(text, [
    ...tools.map(({ name }) => name),
    ...foreignNames,
    ...[...groups].map((g) => `group:${g}`),
  ])
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return { key, message: `${key}: no tool is called "${text}".${hint}` }
}

function denial(layers: readonly ReadLayer[], tool: PolicyTool): PolicyRule | undefined {
  for (const { layer, deny } of layers) {
    const entry = deny.get(tool)
    if (entry) return ruleOf(layer, entry)
  }
  return undefined
}

function omission(layers: readonly ReadLayer[], tool: PolicyTool): PolicyRule | undefined {
  const missing = layers.find(({ allow }) => allow !== undefined && !allow.has(tool))
  return missing && { layer: missing.layer.name, key: missing.layer.allowKey ?? '' }
}

function permission(layers: readonly ReadLayer[], tool: PolicyTool): PolicyRule {
  for (const { layer, allow } of layers.toReversed()) {
    const entry = allow?.get(tool)
    if (entry) return ruleOf(layer, entry)
  }
  return openRule
}

function ruleOf({ name }: PolicyLayer, { text, key, builtIn }: PolicyEntry): PolicyRule {
  return { layer: name, key, entry: text, ...(builtIn && { builtIn }) }
}
