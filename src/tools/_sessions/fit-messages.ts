import type { SaidMessage } from '../_gateway/sessions.js'
import { cutMiddle } from '../_registry/truncate.js'

/** Characters of one message and of all of them (spec/runtime.md 4.2). */
const MESSAGE_CHARS = 4_000
export const HISTORY_CHARS = 80_000

/** The newest messages that fit, oldest of them first, as lines; and how many older ones did not fit. */
export function fitMessages(messages: readonly SaidMessage[]): { readonly lines: string[]; readonly leftOut: number } {
  const lines: string[] = []
  let chars = 0
  for (const { role, text, at } of messages.toReversed()) {
    const line = `[${new Date(at).toISOString()}] ${role}: ${cutMiddle(text, MESSAGE_CHARS)}`
    if (chars + line.length + 1 > HISTORY_CHARS) break
    chars += line.length + 1
    lines.push(line)
  }
  return { lines: lines.reverse(), leftOut: messages.length - lines.length }
}
