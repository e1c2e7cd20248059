/** Most lines and bytes of one call (spec/runtime.md 4.2). */
export const MAX_LINES = 2_000
export const MAX_PAGE_BYTES = 50 * 1024

export interface Page {
  readonly text: string
  /** Numbers of the first and the last line, from 1. */
  readonly first: number
  readonly last: number
  readonly total: number
  /** The last line is cut. */
  readonly cut: boolean
}

/** Lines of a text from number `offset` on, at most `limit`, within the bounds of one call; undefined past its end. */
export function pageOf(text: string, offset: number, limit: number): Page | undefined {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (offset > Math.max(1, lines.length)) return undefined
  const wanted = lines.slice(offset - 1, offset - 1 + Math.min(limit, MAX_LINES))
  let bytes = 0
  const fitting = wanted.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > MAX_PAGE_BYTES
  })
  const count = fitting < 0 ? wanted.length : fitting
  // One line that is longer than a page would never be seen.
  if (count === 0 && wanted.length > 0) {
    const head = cutBytes(wanted[0] ?? '', MAX_PAGE_BYTES)
    return { text: head, first: offset, last: offset, total: lines.length, cut: true }
  }
  const shown = wanted.slice(0, count)
  return { text: shown.join('\n'), first: offset, last: offset + count - 1, total: lines.length, cut: false }
}

function cutBytes(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes)).replace(/\ufffd$/, '')
}
