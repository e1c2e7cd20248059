import { ambiguous, type HeaderView } from './headers.js'
import { fullOperatorScopes, grantScopes, parseScopeList } from './scopes.js'
import type { Scope } from './types.js'

/**
 * Scopes of a caller without a shared secret: `x-openclaw-scopes` narrows the full set; absent gives the full set,
 * empty or ambiguous gives none (spec/config.md 6.2).
 */
export function headerScopes(headers: HeaderView): readonly Scope[] {
  const list = headers.sole('x-openclaw-scopes')
  if (list === undefined) return fullOperatorScopes
  return grantScopes(list === ambiguous ? [] : parseScopeList(list), fullOperatorScopes)
}
