/** A line that opens or closes a fence (CommonMark 4.5). */
const fenceLine = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/
/** The first line of an item of a list, or what goes on in one. */
const listItem = /^(?:\s*(?:[-*+]|\d{1,9}[.)])\s|\s{2,}\S)/
/** Where a text is cut, best first. */
const seams = ['\n\n', '\n', '. ', '。', ' ']

/** `newline`: each paragraph is a message of its own, like somebody who types. */
export type ChunkMode = 'length' | 'newline'

/** Markdown as messages of at most `limit` UTF-16 units. */
export function chunkMarkdown(text: string, limit: number, mode: ChunkMode = 'length'): string[] {
  const parts = mode === 'newline' ? paragraphs(text) : [text]
  return parts.flatMap((part) => cutMarkdown(part, limit))
}

/**
 * Cuts markdown into messages of at most `limit` UTF-16 units, at paragraphs where there are any, else at lines, ends of
 * sentences, blanks. A fence that is cut is closed, and opened again with its language (spec/runtime.md 1.7).
 */
function cutMarkdown(text: string, limit: number): string[] {
  const chunks: string[] = []
  let rest = text.trim()
  let reopen = ''
  while (rest !== '') {
    const whole = reopen + rest
    if (whole.length <= limit) {
      chunks.push(whole)
      break
    }
    const room = limit - reopen.length
    let cut = cutAt(rest, room)
    let open = openFence(reopen + rest.slice(0, cut))
    if (open) {
      cut = cutAt(rest, Math.max(room - open.mark.length - 1, 1))
      open = openFence(reopen + rest.slice(0, cut))
    }
    const piece = reopen + rest.slice(0, cut)
    chunks.push(open === undefined ? piece.trimEnd() : `${piece.trimEnd()}\n${open.mark}`)
    reopen = open === undefined ? '' : `${open.mark}${open.info}\n`
    const next = rest.slice(cut)
    rest = open === undefined ? next.trimStart() : next.replace(/^\n+/, '')
  }
  return chunks.filter((chunk) => chunk.trim() !== '')
}

/** Each line of a markdown text that stands in no fence, put through `change`; undefined leaves it out. */
export function outsideFences(text: string, change: (line: string) => string | undefined): string {
  let open: Fence | undefined
  return text
    .split('\n')
    .flatMap((line) => {
      const before = open
      open = fenceAfter(open, line)
      return before || open ? [line] : (change(line) ?? [])
    })
    .join('\n')
}

/** What stands between blank lines. A fence is one paragraph, and a list whose items are set apart stays together. */
function paragraphs(text: string): string[] {
  const found: string[][] = [[]]
  let open: Fence | undefined
  for (const line of text.split('\n')) {
    const before = open
    open = fenceAfter(open, line)
    if (before || open || line.trim() !== '') found.at(-1)?.push(line)
    else found.push([])
  }
  const whole = found.map((lines) => lines.join('\n')).filter((part) => part.trim() !== '')
  return whole.reduce<string[]>((parts, part) => {
    const last = parts.at(-1)
    if (last !== undefined && listItem.test(last) && listItem.test(part)) parts[parts.length - 1] = `${last}\n\n${part}`
    else parts.push(part)
    return parts
  }, [])
}

/** Markdown with its last fence closed, as it has to be while a text is not complete. */
export function closeFence(text: string): string {
  const open = openFence(text)
  return open === undefined ? text : `${text}\n${open.mark}`
}

/** Where the beginning of a text that fits is best cut. */
export function cutAt(text: string, room: number): number {
  const head = text.slice(0, room)
  for (const seam of seams) {
    const at = head.lastIndexOf(seam)
    // A seam near the beginning would make many small messages.
    if (at >= room / 3) return at + seam.length
  }
  // Never between the halves of one character.
  const last = head.charCodeAt(room - 1)
  return last >= 0xd800 && last <= 0xdbff ? Math.max(room - 1, 1) : room
}

export interface Fence {
  readonly mark: string
  readonly info: string
}

/** The fence that stands open at the end of a text. */
export function openFence(text: string): Fence | undefined {
  let open: Fence | undefined
  for (const line of text.split('\n')) open = fenceAfter(open, line)
  return open
}

/** The fence that is open behind a line. */
function fenceAfter(open: Fence | undefined, line: string): Fence | undefined {
  const [, mark = '', info = ''] = fenceLine.exec(line) ?? []
  if (mark === '') return open
  if (!open) return { mark, info: info.trim().slice(0, 20) }
  const closes = mark[0] === open.mark[0] && mark.length >= open.mark.length && info.trim() === ''
  return closes ? undefined : open
}
