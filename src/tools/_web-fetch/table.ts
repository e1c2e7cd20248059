import { findAll, isElement, type PageElement } from './dom.js'

interface CellWriter {
  blocks(nodes: PageElement['children']): string[]
  inline(nodes: PageElement['children']): string
}

/** A table of data as one, with its first row as the head; a table that only arranges the page as its content. */
export function tableText(table: PageElement, writer: CellWriter): string[] {
  const rows = rowsOf(table)
  const width = Math.max(0, ...rows.map((row) => row.length))
  const nested = table.children.some(
    (child) => isElement(child) && findAll(child, ({ name }) => name === 'table').length > 0,
  )
  if (nested || width < 2 || rows.length < 2)
    return writer.blocks(rows.flat().flatMap(({ children }) => [{ name: 'div', attributes: {}, children }]))
  const lines = rows.map((row) => {
    const cells = row.map(({ children }) =>
      writer
        .blocks(children)
        .join(' ')
        .replace(/\s*\n\s*/g, ' ')
        .replaceAll('|', '\\|'),
    )
    return `| ${[...cells, ...Array<string>(width - cells.length).fill('')].join(' | ')} |`
  })
  const [head = '', ...rest] = lines
  return [[head, `|${' --- |'.repeat(width)}`, ...rest].join('\n')]
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
