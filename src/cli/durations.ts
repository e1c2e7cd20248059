const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** Milliseconds as people read them: `2 d 3 h`, `5 min 4 s`, `12 s`. The two largest units are enough. */
export function formatDuration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
    if (parts.length === 2) break
  }
  return parts.join(' ') || `${Math.round(ms)} ms`
}

export function formatBytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`
}
