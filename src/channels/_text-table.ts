import type { Tokens } from 'marked'

/** Cells beyond it stand by themselves: a long one must not make every line of its column as long. */
const widest = 40

/** A table as text whose columns stand under each other, for platforms that show none. */
export function textTable({ header, rows }: Tokens.Table): string {
  const cells = [header, ...rows].map((row) => row.map(({ text }) => text))
  const widths = header.map((_, column) => {
    const lengths = cells.map((row) => (row[column] ?? '').length)
    return Math.max(1, ...lengths.filter((length) => length <= widest))
  })
  const lines = cells.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('-+-'))
  return lines.join('\n')
}
