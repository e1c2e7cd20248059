import { setOwn } from './json5/node.js'
import { isTree, type Tree } from './tree.js'

/** JSON merge patch (RFC 7396): objects merge, null removes, anything else replaces. The target is not touched. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isTree(patch)) return structuredClone(patch)
  const merged: Tree = isTree(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else setOwn(merged, key, mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value))
  }
  return merged
}
