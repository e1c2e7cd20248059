/** Small questions about the blanks and comments between the parts of a JSON5 text. */

const blankOrComment = /[\s\ufeff]+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\//y

/** Where the comma behind a part stands, if there is one before `limit`. */
export function gapAfter(text: string, offset: number, limit: number): { readonly comma: number | undefined } {
  let at = offset
  while (at < limit) {
    blankOrComment.lastIndex = at
    const skipped = blankOrComment.exec(text)?.[0].length
    if (skipped === undefined) break
    at += skipped
  }
  return { comma: at < limit && text.charAt(at) === ',' ? at : undefined }
}

/** End of what belongs to the part on its line: blanks and comments that end before the line does. */
export function lineEnd(text: string, offset: number, limit: number): number {
  const onLine = /[ \t]*(?:\/\/[^\n\r]*|\/\*[^\n\r]*?\*\/)/y
  let at = offset
  for (;;) {
    onLine.lastIndex = at
    const found = onLine.exec(text)?.[0].length
    if (found === undefined || at + found > limit) return at
    at += found
  }
}

/** The blanks at the start of the line on which `offset` stands. */
export function indentAt(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? ''
}

export function isInline(text: string, start: number, end: number): boolean {
  return !/[\n\r]/.test(text.slice(start, end))
}

/** Takes a span out, and its line as well when nothing else is on it. */
export function removeSpan(text: string, start: number, end: number): string {
  const before = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0
  const after = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0
  const lineBreak = /^(?:\r\n?|\n)/.exec(text.slice(end + after))?.[0].length
  const startsLine = start === before || /[\n\r]/.test(text.charAt(start - before - 1))
  if (startsLine && lineBreak !== undefined) return text.slice(0, start - before) + text.slice(end + after + lineBreak)
  // Inside a line one blank on either side is enough.
  return text.slice(0, start) + text.slice(before > 0 ? end + after : end)
}
