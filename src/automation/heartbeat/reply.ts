/** Dress that models give the word: bold, code, quotes, punctuation. */
const before = /^[\s*_`"'([<]*HEARTBEAT_OK(?![A-Za-z0-9])[\s*_`"')\]>.!,:;–—-]*/i
const after = /[\s*_`"'([<–—-]*(?<![A-Za-z0-9])HEARTBEAT_OK[\s*_`"')\]>.!,:;]*$/i
const quiet = /^[\s*_`"']*NO_REPLY[\s*_`"'.!]*$/i

export interface Reply {
  /** `empty`: it said nothing; `token`: it said that all is well; `alert`: people have to know. */
  readonly kind: 'empty' | 'token' | 'alert'
  /** Without the word. */
  readonly text: string
}

/**
 * What the answer of a heartbeat means (spec/runtime.md 6.1). HEARTBEAT_OK at either end is taken off; what is left
 * beside it, up to `ackMaxChars` characters, is no reason to disturb anybody. In the middle it is a word like others.
 */
export function readReply(answer: string, ackMaxChars: number): Reply {
  const text = answer.trim()
  if (text === '') return { kind: 'empty', text }
  if (quiet.test(text)) return { kind: 'token', text: '' }
  const rest = text.replace(before, '').replace(after, '').trim()
  const found = rest !== text
  if (found && [...rest].length <= ackMaxChars) return { kind: 'token', text: rest }
  return { kind: 'alert', text: rest }
}
