import { toLf } from '../_text/decode.js'
import type { Placed } from './replace.js'

const CONTEXT = 3
const MAX_CHARS = 20_000

/** What replacements change, as hunks of a unified diff; for people who watch, bounded. */
export function diffOf(text: string, places: readonly Placed[]): string {
  const lines = toLf(text).split('\n')
  const starts = lineStarts(text)
  let shift = 0
  const hunks = places.map((place) => {
    const first = lineAt(starts, place.start)
    const last = Math.max(first, lineAt(starts, Math.max(place.start, place.end - 1)))
    const from = starts[first] ?? 0
    const to = starts[last + 1] ?? text.length
    const removed = lines.slice(first, last + 1)
    const added = asLines(text.slice(from, place.start) + place.newText + text.slice(place.end, to))
    const before = lines.slice(Math.max(0, first - CONTEXT), first)
    const after = lines.slice(last + 1, last + 1 + CONTEXT)
    const oldCount = before.length + removed.length + after.length
    const oldStart = first - before.length + 1
    const head = `@@ -${oldStart},${oldCount} +${oldStart + shift},${oldCount - removed.length + added.length} @@`
    shift += added.length - removed.length
    const marked = (mark: string, group: readonly string[]) => group.map((line) => mark + line)
    return [head, ...marked(' ', before), ...marked('-', removed), ...marked('+', added), ...marked(' ', after)].join(
      '\n',
    )
  })
  return hunks.join('\n').slice(0, MAX_CHARS)
}

function asLines(text: string): string[] {
  const lines = toLf(text).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
