/** What a template may speak of. */
export interface TemplateFacts {
  /** The body of the call. */
  readonly payload: unknown
  /** Names in lower case; credentials are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  /** What stands behind the prefix of hooks in the URL. */
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g
const step = /^([^.[\]]+)|^\.([^.[\]]+)|^\[(\d{1,9})\]/
/** A text longer than that is cut: placeholders may repeat a large body. */
const longest = 200_000
/** Indents of a long body would be most of what the model reads. */
const longestIndented = 4_000
/** Levels of a body. */
export const deepest = 100

/**
 * Fills `{{a.b[0]}}` (values of the body), `{{headers.x}}`, `{{query.k}}`, `{{path}}` and `{{now}}` (spec/runtime.md
 * section 7). What is not there is empty; objects are written as JSON.
 */
export function renderTemplate(template: string, facts: TemplateFacts): string {
  return template.replace(placeholder, (_, name: string) => textOf(lookUp(name, facts))).slice(0, longest)
}

/** The part of a template that comes from nobody but its author: what stands before the first value. */
export function literalStart(template: string): string {
  const at = template.search(placeholder)
  return at < 0 ? template : template.slice(0, at)
}

export const isTemplate = (text: string) => literalStart(text) !== text

/** The whole body, with indents while it is short. Cut as every text. */
export function wholeBody({ payload }: TemplateFacts): string {
  const compact = JSON.stringify(payload)
  return (compact.length <= longestIndented ? JSON.stringify(payload, null, 2) : compact).slice(0, longest)
}

/** Whether values lie deeper in others than any sender needs; writing those as text takes the stack of the process. */
export function isTooDeep(payload: unknown): boolean {
  let level = [payload]
  for (let depth = 0; depth < deepest; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (level.length === 0) return false
  }
  return true
}

function lookUp(name: string, { payload, headers, query, path, now }: TemplateFacts): unknown {
  if (name === '') return undefined
  if (name === 'now') return new Date(now).toISOString()
  if (name === 'path') return path
  const [, root = '', rest = ''] = /^(headers|query|payload)\.(.+)$/s.exec(name) ?? []
  // Names of headers hold no dots that would lead further.
  if (root === 'headers') return headers[rest.toLowerCase()]
  if (root === 'query') return follow(query, rest)
  return follow(payload, root === 'payload' ? rest : name)
}

function follow(from: unknown, path: string): unknown {
  let here = from
  for (let left = path; left !== ''; ) {
    const found = step.exec(left)
    const [whole = '', first, inner, index] = found ?? []
    const key = first ?? inner ?? index
    if (key === undefined || typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
    left = left.slice(whole.length)
  }
  return here
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
