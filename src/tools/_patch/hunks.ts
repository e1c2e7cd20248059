import type { Hunk } from './parse.js'

interface Line {
  readonly text: string
  /** `\n`, `\r\n`, or nothing at the end of the file. */
  readonly end: string
}

export type HunksOutcome = { readonly text: string } | { readonly problem: string }

/** A text after all hunks, in their order; each begins its search where the one before it ended. */
export function applyHunks(text: string, hunks: readonly Hunk[], lineEnd: '\n' | '\r\n'): HunksOutcome {
  const lines = split(text)
  const done: Line[] = []
  let at = 0
  for (const [number, hunk] of hunks.entries()) {
    const from = afterAnchors(lines, hunk.anchors, at)
    if (typeof from === 'string') return { problem: `hunk ${number + 1}: there is no line "${from}".` }
    const start = find(lines, hunk, from)
    if (start === undefined) return { problem: `hunk ${number + 1}: these lines are not in the file:\n${wanted(hunk)}` }
    done.push(...lines.slice(at, start))
    at = start
    for (const { kind, text: content } of hunk.lines) {
      if (kind === '+') done.push({ text: content, end: lineEnd })
      else {
        // What is kept is kept as the file has it, also where the patch was not exact.
        if (kind === ' ' && lines[at]) done.push(lines[at] as Line)
        at += 1
      }
    }
  }
  return { text: join([...done, ...lines.slice(at)], lineEnd) }
}

function split(text: string): Line[] {
  return [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)]
    .filter(([whole]) => whole !== '')
    .map(([, content = '', end = '']) => ({ text: content, end }))
}

/** A last line without an end gets one when something now follows it. */
function join(lines: readonly Line[], lineEnd: string): string {
  return lines.map(({ text, end }, at) => text + (end === '' && at < lines.length - 1 ? lineEnd : end)).join('')
}

/** The line after the last anchor, or the anchor that is not there. */
function afterAnchors(lines: readonly Line[], anchors: readonly string[], from: number): number | string {
  let at = from
  for (const anchor of anchors) {
    const found = seek(lines, [anchor], at, false)
    if (found === undefined) return anchor
    at = found + 1
  }
  return at
}

/** Where the hunk stands. Lines that are only added go to the end, or after the anchor. */
function find(lines: readonly Line[], { anchors, lines: hunk, atEnd }: Hunk, from: number): number | undefined {
  const old = hunk.filter(({ kind }) => kind !== '+').map(({ text }) => text)
  if (old.length === 0) return anchors.length > 0 && !atEnd ? from : lines.length
  return seek(lines, old, from, atEnd)
}

/** From exact to forgiving, as the models expect it: line ends, spaces around, typographic characters. */
const readings: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) =>
    line
      .trim()
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      .replace(/[\u2018-\u201b]/g, "'")
      .replace(/[\u201c-\u201f]/g, '"')
      .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' '),
]

function seek(lines: readonly Line[], old: readonly string[], from: number, atEnd: boolean): number | undefined {
  const last = lines.length - old.length
  for (const reading of readings) {
    const goal = old.map(reading)
    const fits = (start: number) => goal.every((text, offset) => reading(lines[start + offset]?.text ?? '') === text)
    if (atEnd) {
      if (last >= from && fits(last)) return last
      continue
    }
    for (let start = from; start <= last; start++) if (fits(start)) return start
  }
  return undefined
}

const MAX_SHOWN = 12

function wanted({ lines }: Hunk): string {
  const old = lines.filter(({ kind }) => kind !== '+').map(({ text }) => text)
  return [...old.slice(0, MAX_SHOWN), ...(old.length > MAX_SHOWN ? ['...'] : [])].join('\n')
}
