import type { Path } from './json5/node.js'
import { setOwn } from './json5/node.js'
import { isTree, type Tree } from './tree.js'
import type { Finding } from './types.js'

/** `${NAME}`, or `$${NAME}` which stands for the literal text (spec/config.md section 1.5). */
const variable = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g

type Env = Readonly<Record<string, string | undefined>>

/**
 * Replaces `${NAME}` in every text of a config, except under `env`. An unset or empty variable leaves the text as it is
 * and gives a warning: whoever reads such a value treats it as absent.
 */
export function substituteEnv(root: Tree, env: Env): { readonly value: Tree; readonly warnings: readonly Finding[] } {
  const warnings: Finding[] = []
  const value: Tree = {}
  for (const [key, inner] of Object.entries(root)) {
    setOwn(value, key, key === 'env' || key === '$schema' ? inner : walk(inner, [key], env, warnings))
  }
  return { value, warnings }
}

function walk(value: unknown, path: Path, env: Env, warnings: Finding[]): unknown {
  if (typeof value === 'string') return value.includes('${') ? replace(value, path, env, warnings) : value
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], env, warnings))
  if (!isTree(value)) return value
  const copy: Tree = {}
  for (const [key, inner] of Object.entries(value)) setOwn(copy, key, walk(inner, [...path, key], env, warnings))
  return copy
}

function replace(text: string, path: Path, env: Env, warnings: Finding[]): string {
  return text.replace(variable, (found, name: string) => {
    if (found.startsWith('$$')) return found.slice(1)
    const value = env[name]
    if (value) return value
    const state = value === undefined ? 'not set' : 'empty'
    warnings.push({
      path,
      message: `The environment variable ${name} is ${state}, so this value counts as absent. Set ${name}, e.g. in the .env file of the state directory.`,
    })
    return found
  })
}

/** True when a text still holds a `${NAME}` that could not be replaced; such a credential counts as absent. */
export function isUnresolved(text: string): boolean {
  return /\$\{[A-Z_][A-Z0-9_]*\}/.test(text)
}

/** The environment that a config sees: `env.vars` under the process's own. First setter wins. */
export function effectiveEnv(root: Tree, env: Env): Env {
  const vars = isTree(root.env) && isTree(root.env.vars) ? root.env.vars : {}
  const merged: Record<string, string | undefined> = {}
  for (const [key, value] of Object.entries(vars)) if (typeof value === 'string') setOwn(merged, key, value)
  for (const [key, value] of Object.entries(env)) if (value !== undefined) setOwn(merged, key, value)
  return merged
}
