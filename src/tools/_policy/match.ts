import { canonicalName, namesOf } from './names.js'
import type { PolicyTool } from './types.js'

/** Every tool that an entry means: by name, by glob, by group. Case does not matter, aliases count. */
export function expand(text: string, tools: readonly PolicyTool[]): readonly PolicyTool[] {
  const plain = text.trim().toLowerCase()
  if (plain.startsWith('group:')) return tools.filter((tool) => inGroup(tool, plain.slice('group:'.length)))
  if (plain.includes('*')) {
    const pattern = globPattern(plain.replaceAll('-', '_'))
    return tools.filter(({ name }) => namesOf(name).some((known) => pattern.test(known)))
  }
  const name = canonicalName(plain)
  return tools.filter((tool) => tool.name === name)
}

/**
 * The same for a list that lets tools through. A plugin does not get in by saying that it belongs to a group of ours.
 * Whoever may write files may patch them (spec/runtime.md 4.1).
 */
export function expandAllowed(text: string, tools: readonly PolicyTool[]): readonly PolicyTool[] {
  const plain = text.trim().toLowerCase()
  const ours = plain.startsWith('group:') && plain !== 'group:plugins'
  const found = expand(plain, ours ? tools.filter(({ plugin }) => plugin === undefined) : tools)
  if (!found.some(({ name }) => name === 'write')) return found
  const patch = tools.find(({ name }) => name === 'apply_patch')
  return patch && !found.includes(patch) ? [...found, patch] : found
}

/** `openclaw` is everything that is built in, `plugins` what is not. */
function inGroup({ group, plugin }: PolicyTool, name: string): boolean {
  if (name === 'openclaw') return plugin === undefined
  if (name === 'plugins') return plugin !== undefined
  return group === name
}

/** A whole text in which each `*` of the glob stands for anything. */
export function globPattern(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
