import { GatewayError } from '../../kernel/errors.js'
import { type Token, tokens } from './tokens.js'

/** How a command is joined to the one before it. */
export type Joint = ';' | '&&' | '||' | '|'

export interface Segment {
  /** Undefined for the first. */
  readonly joint: Joint | undefined
  /** Plain words: nothing in them is left for a shell to expand. */
  readonly argv: readonly string[]
}

export type ReadCommand =
  | { readonly ok: true; readonly segments: readonly Segment[] }
  /** `reason` says what cannot be judged. */
  | { readonly ok: false; readonly reason: string }

/** Words that are syntax where a command is expected. */
const reserved = new Set(
  'if then else elif fi do done case esac while until for in select function time coproc ! { } [[ ]]'.split(' '),
)

/**
 * Reads a line of shell as a list of plain commands: words and quotes, joined by `;`, newline, `&&`, `||` and `|`. What
 * a shell would still interpret (substitutions, variables, globs, redirections, heredocs, functions, control flow) is
 * not read but named: such a line cannot be judged by its words (spec/runtime.md 4.3).
 */
export function readCommand(line: string): ReadCommand {
  try {
    return { ok: true, segments: segmentsOf(tokens(line)) }
  } catch (error) {
    if (error instanceof GatewayError) return { ok: false, reason: error.message }
    throw error
  }
}

function segmentsOf(list: readonly Token[]): Segment[] {
  const segments: Segment[] = []
  let joint: Joint | undefined
  let words: Token[] = []
  const close = (next: Joint) => {
    if (words.length === 0) throw unreadable(`a command is missing before ${next}`)
    segments.push(segment(joint, words))
    joint = next
    words = []
  }
  for (const token of list) {
    if (token.type === 'word') words.push(token)
    else if (token.text !== '\n') close(token.text as Joint)
    // A line break after an operator goes on with the line.
    else if (words.length > 0) close(';')
  }
  if (words.length > 0) segments.push(segment(joint, words))
  else if (joint !== ';') throw unreadable(joint ? `a command is missing after ${joint}` : 'there is no command')
  return segments
}

function segment(joint: Joint | undefined, words: readonly Token[]): Segment {
  const [first] = words
  if (first && !first.quoted && reserved.has(first.text)) throw unreadable(`"${first.text}" is control flow`)
  if (first?.assigns) throw unreadable('a variable is set in front of a command')
  return { joint, argv: words.map(({ text }) => text) }
}

function unreadable(reason: string): GatewayError {
  return new GatewayError('exec_denied', { message: reason })
}
