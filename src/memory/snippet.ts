import type { MemoryTerm } from '../storage/memory-types.js'

/** Characters of a snippet (spec/runtime.md 4.2). */
const MAX_SNIPPET = 700
/** Characters shown before the first match. */
const LEAD = 150

/** The part of a chunk where the first of its terms stands. */
export function snippetOf(text: string, terms: readonly MemoryTerm[]): string {
  if (text.length <= MAX_SNIPPET) return text
  const lower = text.toLowerCase()
  const places = terms.map((term) => lower.indexOf(term.text)).filter((at) => at >= 0)
  const match = places.length === 0 ? 0 : Math.min(...places)
  const start = startAt(text, Math.min(Math.max(0, match - LEAD), text.length - MAX_SNIPPET))
  const end = start + MAX_SNIPPET
  const cut = whole(text.slice(start, end))
  return `${start > 0 ? '... ' : ''}${cut}${end < text.length ? ' ...' : ''}`
}

/** At the beginning of a line or word that is near. */
function startAt(text: string, from: number): number {
  if (from === 0) return 0
  const near = /[\n ]/.exec(text.slice(from, from + LEAD / 2))
  return near ? from + near.index + 1 : from
}

/** Without the half of a surrogate pair at either end. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '')
}
