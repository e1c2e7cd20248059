import type Libsql from 'libsql'
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

/** The first text behind all that begin with the given one: U+10FFFF is in no word. */
const behind = (text: string) => `${text}\u{10ffff}`

/** `holders` is asked for the terms from its first to before its second parameter. */
export function termCount(holders: Libsql.Statement, { text, prefix }: MemoryTerm): number {
  const row = holders.get(text, prefix ? behind(text) : `${text}\0`) as { count: number }
  return row.count
}
