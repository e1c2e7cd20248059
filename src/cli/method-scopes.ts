import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeRoot } from '../kernel/code-root.js'

/** The scope that each method needs; null: none. */
export type MethodScopes = Readonly<Record<string, string | null>>

/** Where the build puts it: `gateway call` must not load every method to learn one scope. */
export const methodScopesFile = join(codeRoot, 'src', 'cli', 'methods.json')

const everything = 'operator.admin'

/** From the build, or made now when running from the sources. */
export async function readMethodScopes(): Promise<MethodScopes> {
  const text = await readFile(methodScopesFile, 'utf8').catch(() => undefined)
  return text === undefined ? importMethodScopes() : JSON.parse(text)
}

/** From the definitions themselves. A method whose params decide may need everything. */
export async function importMethodScopes(): Promise<MethodScopes> {
  const { loadMethods } = await import('../../routes/ws/_table.js')
  const { entries } = await loadMethods()
  const scopes = [...entries.values()].map(({ name, definition }) => [
    name,
    definition.scopeFor ? everything : definition.scope,
  ])
  return Object.fromEntries(scopes)
}

/** As few scopes as the call needs; a method that this version does not know may need any. */
export function scopesFor(method: string, known: MethodScopes): readonly string[] {
  const scope = Object.hasOwn(known, method) ? known[method] : everything
  return scope ? [scope] : []
}
