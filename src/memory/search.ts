import type { MatchedChunk, MemoryStore, StoredChunk } from '../storage/memory-types.js'
import type { MemoryHit, MemoryQuery } from '../tools/_memory.js'
import { recency } from './recency.js'
import { textScores, type WeighedTerm, weigh } from './score.js'
import type { MemorySettings } from './settings.js'
import { snippetOf } from './snippet.js'
import { termsOf } from './words.js'

/** Candidates for each result that is wanted (spec/runtime.md section 10), and how many at least. */
const CANDIDATES = 4
const MIN_CANDIDATES = 40
const MAX_RESULTS = 50
/** What meaning and words count for, where there are vectors. */
const VECTOR_SHARE = 0.7
const TEXT_SHARE = 0.3

export interface SearchInput {
  readonly store: MemoryStore
  readonly agent: string
  readonly query: MemoryQuery
  readonly settings: MemorySettings
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How similar chunks are to the query: the best of all, and those that are asked for. Undefined: words only. */
  readonly near?: ((wanted: ReadonlySet<number>, limit: number) => Promise<ReadonlyMap<number, number>>) | undefined
}

/** The chunks of the index that fit a query best. Rejects as `near` does. */
export async function searchIndex(input: SearchInput): Promise<readonly MemoryHit[]> {
  const { store, agent, query, settings, now, near } = input
  const wanted = Math.min(query.maxResults ?? settings.maxResults, MAX_RESULTS)
  const limit = Math.max(wanted * CANDIDATES, MIN_CANDIDATES)
  const terms = await weighedTerms(store, agent, query.query)
  const matched = await store.match(agent, telling(terms), limit)
  const byText = scoreTexts(matched, terms)
  const scored = near ? await hybrid(input, byText, await near(idsOf(byText), limit)) : byText
  const minScore = query.minScore ?? settings.minScore
  return scored
    .filter(({ score }) => score >= minScore)
    .map(({ chunk, score }) => hitOf(chunk, terms, score * recency(chunk.path, now)))
    .sort((a, b) => b.score - a.score)
    .slice(0, wanted)
}

interface Scored {
  readonly chunk: StoredChunk
  readonly score: number
}

const idsOf = (scored: readonly Scored[]) => new Set(scored.map(({ chunk }) => chunk.id))

/** A chunk that has no vector yet is judged by its words alone. */
async function hybrid(
  { store, agent }: SearchInput,
  byText: readonly Scored[],
  similar: ReadonlyMap<number, number>,
): Promise<Scored[]> {
  const known = idsOf(byText)
  const others = await store.chunks(
    agent,
    [...similar.keys()].filter((id) => !known.has(id)),
  )
  return [...byText, ...others.map((chunk) => ({ chunk, score: 0 }))].map(({ chunk, score }) => {
    const vector = similar.get(chunk.id)
    return { chunk, score: vector === undefined ? score : VECTOR_SHARE * vector + TEXT_SHARE * score }
  })
}

async function weighedTerms(store: MemoryStore, agent: string, query: string): Promise<readonly WeighedTerm[]> {
  const terms = termsOf(query)
  const [holders, { chunks }] = await Promise.all([store.holders(agent, terms), store.totals(agent)])
  return weigh(terms, holders, chunks)
}

/** What most chunks hold finds nothing; it only costs to look. It still counts for the score. */
function telling(terms: readonly WeighedTerm[]): readonly WeighedTerm[] {
  const rare = terms.filter(({ common }) => !common)
  return rare.length > 0 ? rare : terms
}

function scoreTexts(matched: readonly MatchedChunk[], terms: readonly WeighedTerm[]): Scored[] {
  const scores = textScores(matched, terms)
  return matched.map((chunk, index) => ({ chunk, score: scores[index] ?? 0 }))
}

function hitOf(
  { path, startLine, endLine, heading, text }: StoredChunk,
  terms: readonly WeighedTerm[],
  score: number,
): MemoryHit {
  return { path, startLine, endLine, score: Math.round(score * 1000) / 1000, snippet: snippetOf(text, terms), heading }
}
