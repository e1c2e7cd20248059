import { estimateTokens } from '../models/tokens.js'

/** Tokens of a chunk at most, and of what it repeats of the one before it (spec/runtime.md section 10). */
const CHUNK_TOKENS = 400
const OVERLAP_TOKENS = 80
/** Tokens of a piece of a line that is too long for a chunk. */
const PIECE_TOKENS = OVERLAP_TOKENS

/** A part of a file. Lines count from 1. */
export interface Chunk {
  readonly startLine: number
  readonly endLine: number
  /** The headings that it stands under, the outermost first. */
  readonly heading: string
  readonly text: string
}

/** A line, or a part of one that is very long. */
interface Piece {
  readonly line: number
  readonly text: string
  readonly tokens: number
  /** A piece of the same line comes after it. */
  readonly open: boolean
}

interface Heading {
  readonly level: number
  readonly title: string
}

/**
 * Cuts Markdown where it is cut itself: a heading begins a chunk. A section that is too long is cut between paragraphs,
 * else between lines, else between sentences; what comes after such a cut repeats a little of what stood before it.
 */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = []
  const trail: Heading[] = []
  let section: Piece[] = []
  let fence: string | undefined
  const finish = (next?: Heading) => {
    const deeper = (next?.level ?? 0) > (trail.at(-1)?.level ?? 7)
    // What stands under such a heading is found by it as well.
    if (!deeper || !isHeadingOnly(section)) chunks.push(...cutSection(section, trailOf(trail)))
    section = []
  }
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    if (mark !== undefined) fence = nextFence(fence, mark)
    const heading = fence === undefined && mark === undefined ? headingOf(line) : undefined
    if (heading) {
      finish(heading)
      while ((trail.at(-1)?.level ?? 0) >= heading.level) trail.pop()
      trail.push(heading)
    }
    section.push(...piecesOf(line, index + 1))
  }
  finish()
  return chunks
}

const trailOf = (trail: readonly Heading[]) => trail.map(({ title }) => title).join(' > ')

function isHeadingOnly(section: readonly Piece[]): boolean {
  return (
    section.filter(({ text }) => text.trim() !== '').length === 1 && headingOf(section[0]?.text ?? '') !== undefined
  )
}

/** A fence is closed by one of its own kind that is at least as long. */
function nextFence(open: string | undefined, mark: string): string | undefined {
  if (open === undefined) return mark
  return mark.startsWith(open) ? undefined : open
}

function headingOf(line: string): Heading | undefined {
  const [, marks, rest = ''] = /^ {0,3}(#{1,6})\s+(\S.*)?$/.exec(line) ?? []
  return marks === undefined ? undefined : { level: marks.length, title: titleOf(rest) }
}

/** Without the marks that may close a heading. By a loop: a pattern for this takes hours on a line of many spaces. */
function titleOf(rest: string): string {
  const text = rest.trimEnd()
  let end = text.length
  while (text[end - 1] === '#') end -= 1
  return text.slice(0, end).trimEnd()
}

function piecesOf(text: string, line: number): Piece[] {
  const tokens = estimateTokens(text)
  if (tokens <= CHUNK_TOKENS) return [{ line, text, tokens, open: false }]
  const parts = partsOf(text)
  return parts.map((part, index) => ({
    line,
    text: part,
    tokens: estimateTokens(part),
    open: index < parts.length - 1,
  }))
}

/** Every character is in one of them. */
const sentences =
  /(?:[^.!?;\u3002\uff01\uff1f\uff1b]{1,80}|[.!?;\u3002\uff01\uff1f\uff1b])[.!?;\u3002\uff01\uff1f\uff1b]{0,20}\s{0,20}/gu

/** Sentences where there are any, joined or cut to the size of a piece. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let tokens = 0
  for (const [sentence] of text.matchAll(sentences)) {
    const more = estimateTokens(sentence)
    if (part !== '' && tokens + more > PIECE_TOKENS) {
      parts.push(part)
      part = ''
      tokens = 0
    }
    part += sentence
    tokens += more
  }
  return [...parts, part]
}

function cutSection(pieces: readonly Piece[], heading: string): Chunk[] {
  const chunks: Chunk[] = []
  let from = 0
  while (from < pieces.length) {
    const to = endOf(pieces, from)
    const chunk = chunkOf(pieces.slice(from, to), heading)
    if (chunk) chunks.push(chunk)
    if (to >= pieces.length) break
    from = Math.max(from + 1, overlapFrom(pieces, to))
  }
  return chunks
}

/** Behind the last piece that fits; at a blank line where one is in the second half. */
function endOf(pieces: readonly Piece[], from: number): number {
  let tokens = 0
  let blank: number | undefined
  for (let at = from; at < pieces.length; at += 1) {
    const piece = pieces[at] as Piece
    tokens += piece.tokens
    if (tokens > CHUNK_TOKENS && at > from) return blank ?? at
    if (piece.text.trim() === '' && tokens > CHUNK_TOKENS / 2) blank = at + 1
  }
  return pieces.length
}

function overlapFrom(pieces: readonly Piece[], to: number): number {
  let tokens = 0
  let from = to
  while (from > 0) {
    tokens += pieces[from - 1]?.tokens ?? 0
    if (tokens > OVERLAP_TOKENS) break
    from -= 1
  }
  return from
}

/** Undefined for blank lines. */
function chunkOf(pieces: readonly Piece[], heading: string): Chunk | undefined {
  const first = pieces.findIndex(({ text }) => text.trim() !== '')
  const last = pieces.findLastIndex(({ text }) => text.trim() !== '')
  const kept = first < 0 ? [] : pieces.slice(first, last + 1)
  const [start, end] = [kept.at(0), kept.at(-1)]
  if (!start || !end) return undefined
  const text = kept.map((piece, index) => piece.text + (piece.open || index === kept.length - 1 ? '' : '\n')).join('')
  return { startLine: start.line, endLine: end.line, heading, text: text.trimEnd() }
}
