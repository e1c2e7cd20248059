const DAY_MS = 86_400_000
const HALF_LIFE_DAYS = 30
/** What is left of the score of a very old note: age decides between equals, it does not hide. */
const FLOOR = 0.5

/** What the age of a dated note (`memory/2026-11-29.md`) leaves of its score; 1 for all others. */
export function recency(path: string, now: number): number {
  const [, year, month, day] = /(?:^|\/)(\d{4})-(\d{2})-(\d{2})[^/]*$/.exec(path) ?? []
  if (year === undefined || !path.includes('memory/')) return 1
  const written = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const days = Math.max(0, (now - written) / DAY_MS)
  return FLOOR + (1 - FLOOR) * 2 ** (-days / HALF_LIFE_DAYS)
}
