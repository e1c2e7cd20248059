import type { PolicyRule, Verdict } from './types.js'

/** Why a tool may not be used, and which key changes it; for people, clients and models alike. */
export function explain(tool: string, { allowed, rule }: Verdict): string {
  if (allowed) return rule.layer === 'default' ? `"${tool}" is allowed: no rule is against it.` : permitted(tool, rule)
  if (rule.layer === 'owner') return `"${tool}" is for the owner only (${rule.key}).`
  if (rule.layer === 'setup') return `"${tool}" is not set up. Set ${rule.key} in the config.`
  if (rule.entry === undefined) return `"${tool}" is not on the list of ${rule.key}. ${remedy(rule)}`
  if (!rule.builtIn) return `"${tool}" is denied by "${rule.entry}" in ${rule.key}.`
  return builtIn(tool, rule)
}

function permitted(tool: string, { key, entry }: PolicyRule): string {
  return `"${tool}" is allowed by "${entry}" in ${key}.`
}

/** Profiles are not edited: they are added to. */
function remedy({ key }: PolicyRule): string {
  return key.endsWith('.profile')
    ? `Add it to ${key.replace(/profile$/, 'alsoAllow')} to allow it.`
    : 'Add it there to allow it.'
}

function builtIn(tool: string, { layer, key }: PolicyRule): string {
  if (layer === 'private') return privately(tool, key)
  if (layer === 'direct') return `"${tool}" may not be called directly. Add it to ${key} to allow it.`
  if (layer === 'sandbox') return `"${tool}" is not for sandboxed sessions. Name it in ${key} to allow it.`
  if (key.endsWith('maxSpawnDepth')) return `Sub-agents at this depth start no others (${key}).`
  return `"${tool}" is not for sub-agents${key.endsWith('alsoAllow') ? `. Add it to ${key} to allow it` : ''}.`
}

function privately(tool: string, key: string): string {
  if (key === 'session') return `"${tool}" is for private sessions only: in a group others would read along.`
  return `"${tool}" is for the agent's main session and for its owner only (${key}).`
}
