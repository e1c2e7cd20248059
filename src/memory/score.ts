import type { MatchedChunk, MemoryTerm } from '../storage/memory-types.js'
import { searchText } from './index-files.js'
import { isPair, wordsOf } from './words.js'

/** How much of a score is the order that BM25 gives; the rest is how much of the query a chunk holds. */
const RANK_SHARE = 0.25

/** A term and what it counts for. */
export interface WeighedTerm extends MemoryTerm {
  readonly weight: number
  /** In most of the chunks. */
  readonly common: boolean
}

/**
 * Rare terms count for more than common ones. A term that is nowhere counts as if one chunk had it, and a pair of
 * characters that is nowhere not at all: it was probably no word, but the end of one and the beginning of the next.
 */
export function weigh(terms: readonly MemoryTerm[], holders: readonly number[], chunks: number): WeighedTerm[] {
  return terms.flatMap((term, index) => {
    const held = Math.min(holders[index] ?? 0, chunks)
    if (held === 0 && isPair(term) && terms.length > 1) return []
    const known = Math.max(held, 1)
    const weight = 1 + Math.log(1 + (chunks - known + 0.5) / (known + 0.5))
    return [{ ...term, weight, common: held > chunks / 2 }]
  })
}

/**
 * 0 to 1 for each chunk. BM25 alone says nothing of how good the best chunk is, and in a small corpus it is next to
 * nothing for all; so a score is first how much of the query a chunk holds.
 */
export function textScores(found: readonly MatchedChunk[], terms: readonly WeighedTerm[]): number[] {
  const best = Math.max(...found.map(({ rank }) => rank))
  return found.map((chunk) => {
    const relative = best > 0 ? chunk.rank / best : 1
    return coverage(chunk, terms) * (1 - RANK_SHARE + RANK_SHARE * relative)
  })
}

/** The share of the query that a chunk holds. */
export function coverage(
  chunk: { path: string; heading: string; text: string },
  terms: readonly WeighedTerm[],
): number {
  const words = new Set(wordsOf(searchText(chunk)))
  const total = terms.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return 0
  return terms.reduce((sum, term) => sum + (holds(words, term) ? term.weight : 0), 0) / total
}

function holds(words: ReadonlySet<string>, { text, prefix }: MemoryTerm): boolean {
  if (words.has(text)) return true
  if (!prefix) return false
  for (const word of words) if (word.startsWith(text)) return true
  return false
}
