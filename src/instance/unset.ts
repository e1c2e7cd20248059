import type { Env } from './types.js'

/** The value of a variable, or undefined when it is blank, "undefined" or "null" (spec/config.md 1.1). */
export function setValue(env: Env, name: string): string | undefined {
  const value = env[name]
  return value === undefined || isUnset(value) ? undefined : value
}

/** Scripts that print an empty variable leave these words behind. */
function isUnset(value: string): boolean {
  return ['', 'undefined', 'null'].includes(value.trim())
}

/** The environment without the `OPENCLAW_*` variables that are as good as unset, so that no reader sees them. */
export function withoutUnset(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !(entry[0].startsWith('OPENCLAW_') && isUnset(entry[1])),
  )
  return Object.fromEntries(kept)
}
