/** Longest pattern that is looked at. */
const maxLength = 500

export type Compiled = { readonly pattern: RegExp } | { readonly problem: string }

/**
 * Compiles what a config says, in any case of letters. `/body/flags` and the body alone are understood. A repetition
 * inside of a repetition is refused: one message could keep such a pattern busy for ever.
 */
export function safePattern(text: string): Compiled {
  const body = /^\/(.+)\/[a-z]*$/s.exec(text)?.[1] ?? text
  if (body.trim() === '') return { problem: 'it is empty' }
  if (body.length > maxLength) return { problem: `it is longer than ${maxLength} characters` }
  if (nestsRepetition(body)) return { problem: 'a repetition stands inside of a repetition' }
  try {
    return { pattern: new RegExp(body, 'i') }
  } catch {
    return { problem: 'it is no regular expression' }
  }
}

interface Group {
  /** Something in it can be of any length, or it is a choice between several texts. */
  varies: boolean
}

/** True for `(a+)+`, `(a|ab)*`, `((a)*b)+`, `(a*)\1+` and the like. Refuses more than it must. */
function nestsRepetition(body: string): boolean {
  const open: Group[] = []
  let closed: Group | undefined
  for (let at = 0; at < body.length; ) {
    const char = body[at]
    const repeat = repetitionAt(body, at)
    if (repeat) {
      if (repeat.unbounded && closed?.varies) return true
      if (repeat.unbounded || repeat.varies) for (const group of open) group.varies = true
      at += repeat.length
      closed = undefined
      continue
    }
    closed = undefined
    if (char === '\\') {
      // What a group found, again: as long as that was.
      const again = /^\\(?:[1-9]\d*|k<[^>]*>)/.exec(body.slice(at, at + 60))?.[0]
      if (again !== undefined) closed = { varies: true }
      at += again?.length ?? 2
    } else if (char === '[') {
      at = classEnd(body, at)
    } else {
      if (char === '(') open.push({ varies: false })
      if (char === '|') for (const group of open) group.varies = true
      if (char === ')') closed = open.pop()
      at += 1
    }
  }
  return false
}

function repetitionAt(body: string, at: number): { length: number; unbounded: boolean; varies: boolean } | undefined {
  const found = /^(?:[*+]|\{(\d+)(,?)(\d*)\})\??/.exec(body.slice(at, at + 30))
  if (!found) {
    // A question mark behind a bracket that opens is no repetition.
    return body[at] === '?' && body[at - 1] !== '(' ? { length: 1, unbounded: false, varies: true } : undefined
  }
  const [text, least, comma, most] = found
  if (least === undefined) return { length: text.length, unbounded: true, varies: true }
  // So many times is as good as without an end.
  const unbounded = (comma !== '' && most === '') || Number(most || least) > 20
  return { length: text.length, unbounded, varies: comma !== '' }
}

function classEnd(body: string, from: number): number {
  for (let at = from + 1; at < body.length; at += body[at] === '\\' ? 2 : 1) if (body[at] === ']') return at + 1
  return body.length
}
