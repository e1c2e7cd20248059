import { type Scope, scopes } from './types.js'

/**
 * What an operator gets who presents the shared secret, or comes in a mode without scopes of its own
 * (spec/http.md section 2, spec/config.md 6.2). `operator.admin` implies the rest.
 */
export const fullOperatorScopes: readonly Scope[] = Object.freeze([
  'operator.admin',
  'operator.approvals',
  'operator.pairing',
  'operator.read',
  'operator.talk.secrets',
  'operator.write',
] as const)

const noScopes: readonly Scope[] = Object.freeze([])
const known: ReadonlySet<string> = new Set(scopes)

/** True when the held scopes satisfy the wanted one: admin implies all, write implies read and talk, nothing else. */
export function hasScope(held: readonly Scope[], wanted: Scope): boolean {
  if (held.includes(wanted) || held.includes('operator.admin')) return true
  return (wanted === 'operator.read' || wanted === 'operator.talk') && held.includes('operator.write')
}

/**
 * The one function that grants scopes: the requested ones that every limit satisfies. Without a request (undefined)
 * the first limit is what is asked for. The result never satisfies a scope that a limit does not satisfy.
 */
export function grantScopes(
  requested: readonly Scope[] | undefined,
  held: readonly Scope[],
  ...limits: readonly (readonly Scope[])[]
): readonly Scope[] {
  if (requested === undefined && limits.length === 0) return held
  const asked = new Set(requested ?? held)
  const granted = [...asked].filter((scope) => hasScope(held, scope) && limits.every((limit) => hasScope(limit, scope)))
  return granted.length === 0 ? noScopes : granted
}

export function isScope(value: string): value is Scope {
  return known.has(value)
}

/** Reads the comma list of `x-openclaw-scopes`. Empty gives none; unknown names are dropped (spec/config.md 6.2). */
export function parseScopeList(text: string): readonly Scope[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(isScope)
}
