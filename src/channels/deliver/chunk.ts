/** A line that opens or closes a fence (CommonMark 4.5). */
const fenceLine = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/
/** Where a text is cut, best first. */
const seams = ['\n\n', '\n', '. ', '。', ' ']

/**
 * Cuts markdown into messages of at most `limit` UTF-16 units, at paragraphs where there are any, else at lines, ends of
 * sentences, blanks. A fence that is cut is closed, and opened again with its language (spec/runtime.md 1.7).
 */
export function chunkMarkdown(text: string, limit: number): string[] {
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

/** Markdown with its last fence closed, as it has to be while a text is not complete. */
export function closeFence(text: string): string {
  const open = openFence(text)
  return open === undefined ? text : `${text}\n${open.mark}`
}

function cutAt(text: string, room: number): number {
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

interface Fence {
  readonly mark: string
  readonly info: string
}

function openFence(text: string): Fence | undefined {
  let open: Fence | undefined
  for (const line of text.split('\n')) {
    const [, mark = '', info = ''] = fenceLine.exec(line) ?? []
    if (mark === '') continue
    if (!open) open = { mark, info: info.trim().slice(0, 20) }
    else if (mark[0] === open.mark[0] && mark.length >= open.mark.length && info.trim() === '') open = undefined
  }
  return open
}
