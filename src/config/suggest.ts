/** The candidate that `word` was probably meant to be, or undefined when none is near. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const plain = fold(word)
  const same = candidates.find((candidate) => fold(candidate) === plain)
  if (same !== undefined) return same
  // A third of the letters may be wrong; one in short words.
  const limit = Math.max(1, Math.floor(plain.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    const distance = editDistance(plain, fold(candidate), bestDistance)
    if (distance < bestDistance && distance < fold(candidate).length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `allow_from`, `allow-from` and `AllowFrom` are all `allowfrom`. */
const fold = (word: string) => word.toLowerCase().replace(/[-_\s]/g, '')

/** Insertions, deletions, replacements and swaps of neighbours; `limit` or more is reported as `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(before, j - 2) + 1)
      row.push(best)
    }
    before = previous
    previous = row
  }
  return Math.min(limit, at(previous, b.length))
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
