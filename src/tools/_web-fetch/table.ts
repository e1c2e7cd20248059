import { findAll, isElement, type PageElement } from './dom.js'

interface CellWriter {
  /** What comes now is not wanted any more. */
  readonly full: boolean
  readonly limit: number
  blocks(nodes: PageElement['children']): string[]
  inline(nodes: PageElement['children']): string
}

/** Cells of a row that are shown; nobody reads a table that is wider. */
const MAX_COLUMNS = 100

/** A table of data as one, with its first row as the head; a table that only arranges the page as its content. */
export function tableText(table: PageElement, writer: CellWriter): string[] {
  const rows = rowsOf(table)
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const nested = table.children.some(
    (child) => isElement(child) && findAll(child, ({ name }) => name === 'table').length > 0,
  )
  if (nested || width < 2 || rows.length < 2)
    return writer.blocks(rows.flat().flatMap(({ children }) => [{ name: 'div', attributes: {}, children }]))
  const lines: string[] = []
  let written = 0
  for (const row of rows) {
    // Empty cells are no text of the page, but they take room.
    if (writer.full || written > writer.limit) break
    const cells = row.slice(0, MAX_COLUMNS).map((cell) => cellText(cell, writer))
    const line = `| ${cells.join(' | ')} |`
    written += line.length
    lines.push(line)
  }
  if (lines.length === 0) return []
  return [[lines[0], `|${' --- |'.repeat(Math.min(width, MAX_COLUMNS))}`, ...lines.slice(1)].join('\n')]
}

/** In one line, as a row must be. */
function cellText({ children }: PageElement, writer: CellWriter): string {
  const lines = writer.blocks(children).join('\n').split('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
    .replaceAll('|', '\\|')
}

function rowsOf(table: PageElement): PageElement[][] {
  const rows = table.children.filter(isElement).flatMap((child) => {
    if (child.name === 'tr') return [child]
    if (/^(?:thead|tbody|tfoot)$/.test(child.name))
      return child.children.filter(isElement).filter(({ name }) => name === 'tr')
    return []
  })
  return rows
    .map((row) => row.children.filter(isElement).filter(({ name }) => name === 'td' || name === 'th'))
    .filter((cells) => cells.length > 0)
}
