import { stripVTControlCharacters } from 'node:util'

/**
 * Output as a model reads it: no colours, no cursor movements, and of a line that was written over (a progress bar) only
 * its last state.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .split('\n')
    .map((line) => lastState(line))
    .join('\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
}

function lastState(line: string): string {
  // By an index: a pattern looks at a run of them again from each of its places.
  let end = line.length
  while (line[end - 1] === '\r') end -= 1
  const shown = line.slice(0, end)
  return shown.slice(shown.lastIndexOf('\r') + 1)
}

/** The beginning and the end of a text that is too long, with a line between them that says what is missing. */
export function headAndTail(text: string, maxChars: number, hint = ''): string {
  if (text.length <= maxChars) return text
  const head = Math.floor(maxChars / 3)
  const first = whole(text.slice(0, head))
  const last = whole(text.slice(text.length - (maxChars - head)))
  const missing = text.length - first.length - last.length
  return `${first}\n[... ${missing} characters left out${hint} ...]\n${last}`
}

/** The end of a text. */
export function tailOf(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : whole(text.slice(-maxChars))
}

/** Without the half of a surrogate pair that a cut has left. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '')
}
