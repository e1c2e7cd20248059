import type { MemoryTerm } from '../memory-types.js'

/** The word by which the rows of one agent are known. Ids of agents may hold anything. */
export function scopeOf(agent: string): string {
  return `agent${Buffer.from(agent).toString('hex')}`
}

/** Rows of this agent with any of the terms, in FTS5's language. */
export function matchOf(agent: string, terms: readonly MemoryTerm[]): string {
  const words = terms.map(({ text, prefix }) => `"${text.replaceAll('"', '')}"${prefix ? ' *' : ''}`)
  return `scope : "${scopeOf(agent)}" AND words : (${words.join(' OR ')})`
}
