import { lineEndOf, toLf } from '../_text/decode.js'

export interface Replacement {
  readonly oldText: string
  readonly newText: string
}

export interface Placed {
  /** Offsets in the text as it was. */
  readonly start: number
  readonly end: number
  readonly newText: string
}

export type ReplaceOutcome =
  | { readonly text: string; readonly places: readonly Placed[] }
  | { readonly problem: string }

/** Lines that are named when a text is found more than once. */
const MAX_NAMED = 10

/**
 * Makes all replacements in a text, or none. Each old text must stand there exactly once; line ends do not matter for
 * finding it, and the new text gets those of the file. Places are found in the text as it was, so the order of the
 * replacements does not matter either.
 */
export function replaceAll(text: string, replacements: readonly Replacement[]): ReplaceOutcome {
  const index = new LfIndex(text)
  const places: Placed[] = []
  for (const [number, { oldText, newText }] of replacements.entries()) {
    const which = replacements.length === 1 ? 'oldText' : `edits[${number}].oldText`
    const found = place(index, toLf(oldText), which)
    if (typeof found === 'string') return { problem: found }
    if (toLf(oldText) === toLf(newText)) return { problem: `${which} and its newText are the same.` }
    places.push({ ...found, newText: withLineEnds(newText, lineEndOf(text)) })
  }
  places.sort((a, b) => a.start - b.start)
  if (places.some(({ start }, at) => start < (places[at - 1]?.end ?? 0))) {
    return { problem: 'Two edits change the same text. Join them into one.' }
  }
  return { text: splice(text, places), places }
}

function place(index: LfIndex, wanted: string, which: string): { start: number; end: number } | string {
  if (wanted === '') return `${which} is empty. Give the text to replace; to make a file use write.`
  const starts = occurrences(index.lf, wanted)
  const [start] = starts
  if (start === undefined) return notFound(index.lf, wanted, which)
  if (starts.length === 1) return { start: index.original(start), end: index.original(start + wanted.length) }
  const lines = starts.slice(0, MAX_NAMED).map((at) => lineOf(index.lf, at))
  const more = starts.length > MAX_NAMED ? ', ...' : ''
  return `${which} is found ${starts.length} times (lines ${lines.join(', ')}${more}); it must be unique. Include more of the text around it.`
}

function notFound(text: string, wanted: string, which: string): string {
  const base = `${which} is not in the file (found 0 times). It must match exactly, spaces included.`
  const near = nearLine(text, wanted)
  return near === undefined ? `${base} Read the file again.` : `${base} Line ${near} differs from it only in spaces.`
}

/** The first line of a place that would match if spaces did not count. */
function nearLine(text: string, wanted: string): number | undefined {
  const squeeze = (line: string) => line.replace(/\s+/g, '')
  const lines = text.split('\n').map(squeeze)
  const goal = wanted.split('\n').map(squeeze)
  const filled = goal.findIndex((line) => line !== '')
  if (filled < 0) return undefined
  const at = lines.findIndex((_, start) => goal.every((line, offset) => lines[start + offset] === line))
  return at < 0 ? undefined : at + 1
}

function occurrences(text: string, wanted: string): number[] {
  const found: number[] = []
  // Overlaps count: "aa" stands twice in "aaa", and nobody knows which one is meant.
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) found.push(at)
  return found
}

function splice(text: string, places: readonly Placed[]): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end, newText } of places) {
    parts.push(text.slice(from, start), newText)
    from = end
  }
  return parts.join('') + text.slice(from)
}

export function withLineEnds(text: string, lineEnd: '\n' | '\r\n'): string {
  return lineEnd === '\n' ? toLf(text) : toLf(text).replaceAll('\n', '\r\n')
}

export function lineOf(text: string, at: number): number {
  let line = 1
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line += 1
  return line
}

/** A text with all line ends as `\n`, whose offsets lead back to the original. */
class LfIndex {
  readonly lf: string
  /** Offsets in `lf` of line ends that are `\r\n` in the original, ascending. */
  readonly #wide: readonly number[]

  constructor(text: string) {
    this.lf = toLf(text)
    const wide: number[] = []
    for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) wide.push(at - wide.length)
    this.#wide = wide
  }

  original(at: number): number {
    let low = 0
    let high = this.#wide.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#wide[middle] ?? 0) < at) low = middle + 1
      else high = middle
    }
    return at + low
  }
}
