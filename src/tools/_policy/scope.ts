import type { Config } from '../../../schemas/config/index.js'
import { type ProfileName, profiles } from './profiles.js'
import type { LayerName, PolicyEntry, PolicyLayer } from './types.js'

/** `profile`, `allow`, `alsoAllow` and `deny` of one place in the config. */
export type ScopeRules = NonNullable<NonNullable<NonNullable<Config['tools']>['subagents']>['tools']>

export interface Scope {
  readonly key: string
  readonly rules: ScopeRules | undefined
}

/** The entries of a list, each under its key. */
export function entries(texts: readonly string[] | undefined, key: string): readonly PolicyEntry[] {
  return (texts ?? []).map((text) => ({ text, key }))
}

export function builtIn(texts: readonly string[], key: string): readonly PolicyEntry[] {
  return texts.map((text) => ({ text, key, builtIn: true as const }))
}

/** allow and deny of a scope; what it leaves open is no layer. */
export function listLayer(name: LayerName, { key, rules }: Scope, forgiving: boolean): PolicyLayer[] {
  const allow = entries(rules?.allow, `${key}.allow`)
  const deny = entries(rules?.deny, `${key}.deny`)
  if (allow.length === 0 && deny.length === 0) return []
  return [
    {
      name,
      ...(allow.length > 0 && { allow, allowKey: `${key}.allow` }),
      ...(deny.length > 0 && { deny }),
      ...(forgiving && { forgiving: true as const }),
    },
  ]
}

/** A profile with what `alsoAllow` adds to it; none for `full`. */
export function profileLayer(name: LayerName, profile: Scope, extras: readonly Scope[]): PolicyLayer[] {
  const chosen: ProfileName | undefined = profile.rules?.profile
  const content = chosen === undefined ? undefined : profiles[chosen]
  if (content === undefined) return []
  const key = `${profile.key}.profile`
  const also = extras.flatMap((scope) => entries(scope.rules?.alsoAllow, `${scope.key}.alsoAllow`))
  return [{ name, allow: [...builtIn(content, key), ...also], allowKey: key }]
}

/** All that one scope says by itself. */
export function scopeLayers(name: LayerName, scope: Scope, forgiving: boolean): PolicyLayer[] {
  return [...profileLayer(name, scope, [scope]), ...listLayer(name, scope, forgiving)]
}
