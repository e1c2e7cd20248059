import { type KeyRules, kindOf, mainSessionKey } from '../../sessions/canonical.js'
import { type RowSource, wireRow } from '../../sessions/row.js'
import type { SessionRow } from '../../storage/types.js'
import type { SessionFacts, SessionSort } from '../../tools/_gateway/sessions.js'

/** What sort of conversation a key names, in the words of the session tools. */
export function sortOf(rules: KeyRules, key: string, agent: string): SessionSort {
  if (key === mainSessionKey(rules, agent)) return 'main'
  if (key.includes(':subagent:')) return 'subagent'
  if (kindOf(key) === 'group') return 'group'
  const [, , first = ''] = key.split(':', 3)
  if (first === 'cron' || first === 'hook' || first === 'node') return first
  return 'other'
}

/** A stored session as tools show it. */
export function sessionFacts(source: RowSource, row: SessionRow): SessionFacts {
  const shown = wireRow(source, row, { titles: true })
  const label = row.entry.label ?? row.entry.displayName
  return {
    key: row.key,
    kind: sortOf(source.rules, row.key, row.agent),
    agent: row.agent,
    sessionId: row.id,
    ...(label !== undefined && { label }),
    ...(row.title !== undefined && { title: row.title }),
    ...(row.entry.parentSessionKey !== undefined && { parent: row.entry.parentSessionKey }),
    updatedAt: row.updatedAt,
    ...(shown.status !== undefined && { status: shown.status }),
    running: source.live(row.key).length > 0,
    model: `${shown.modelProvider}/${shown.model}`,
    ...(row.spent.context !== undefined && { contextUsed: row.spent.context }),
    ...(shown.contextTokens !== undefined && { contextWindow: shown.contextTokens }),
    archived: row.entry.archivedAt !== undefined,
  }
}
