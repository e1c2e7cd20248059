import type { ContentPart } from '../../../schemas/message.js'
import type { ToolResult } from '../_types.js'

/** Longest text of a result, in characters: every further turn of the session pays for it again (spec/runtime.md 3.1). */
export const RESULT_LIMIT = 30_000
/** The rest is the end: errors and totals come last. */
const HEAD_SHARE = 0.7

/** The result with its text cut to `limit` characters, in the middle; shared fairly when it has several parts. */
export function truncateResult(result: ToolResult, limit: number = RESULT_LIMIT): ToolResult {
  const lengths = result.content.map((part) => (part.type === 'text' ? part.text.length : 0))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total <= limit) return result
  let left = limit
  let open = lengths.filter((length) => length > 0).length
  const content = result.content.map((part): ContentPart => {
    if (part.type !== 'text' || part.text === '') return part
    const text = cutMiddle(part.text, Math.floor(left / open))
    left = Math.max(0, left - text.length)
    open -= 1
    return { type: 'text', text }
  })
  return { ...result, content, details: { ...result.details, truncated: true, fullChars: total } }
}

/** Head and tail of a text that is longer than `limit`, with a word on what is missing between them. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text
  const room = Math.max(0, limit - markOf(text.length).length)
  const headEnd = wholeBefore(text, Math.floor(room * HEAD_SHARE))
  return keepEnds(text, headEnd, room - headEnd)
}

/** So many characters of the beginning and of the end, with a word on what is missing between them. */
export function keepEnds(text: string, head: number, tail: number): string {
  if (head + tail >= text.length) return text
  const headEnd = wholeBefore(text, head)
  const tailStart = wholeAfter(text, text.length - tail)
  return text.slice(0, headEnd) + markOf(tailStart - headEnd) + text.slice(tailStart)
}

const markOf = (missing: number) => `\n[... ${missing} characters left out ...]\n`

/** A place that does not cut a character of two code units in half. */
const wholeBefore = (text: string, at: number) => (isInside(text, at) ? at - 1 : at)
const wholeAfter = (text: string, at: number) => (isInside(text, at) ? at + 1 : at)

function isInside(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false
  const before = text.charCodeAt(at - 1)
  const after = text.charCodeAt(at)
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000
}
