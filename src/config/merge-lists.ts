import { rejected } from './edit-errors.js'
import type { Path } from './json5/node.js'
import { setOwn } from './json5/node.js'
import { mergePatch } from './merge-patch.js'
import { formatPath } from './path.js'
import { equalDeep, isTree, type Tree } from './tree.js'

/**
 * Makes the lists of a merge patch whole (spec/config.md section 1.8): lists of objects with ids merge by id, so that a
 * patch names only the entries that it changes or adds; any other list stands for the whole list. Gives the patch to
 * apply.
 * @throws GatewayError config_write_rejected when a list would lose entries and is not one of `replace`.
 */
export function mergeLists(target: unknown, patch: unknown, path: Path, replace: readonly Path[]): unknown {
  if (Array.isArray(patch)) return Array.isArray(target) ? mergeList(target, patch, path, replace) : patch
  if (!isTree(patch)) return patch
  const whole: Tree = {}
  for (const [key, value] of Object.entries(patch)) {
    const before = isTree(target) && Object.hasOwn(target, key) ? target[key] : undefined
    setOwn(whole, key, mergeLists(before, value, [...path, key], replace))
  }
  return whole
}

function mergeList(
  target: readonly unknown[],
  patch: readonly unknown[],
  path: Path,
  replace: readonly Path[],
): unknown[] {
  if (replace.some((one) => formatPath(one) === formatPath(path))) return [...patch]
  if ([...target, ...patch].every(hasId)) return mergeById(target, patch, path, replace)
  const gone = target.filter((old) => !patch.some((item) => equalDeep(item, old)))
  if (gone.length === 0) return [...patch]
  const name = formatPath(path)
  throw rejected(
    'list-entries',
    `The patch would remove ${gone.length} of the entries of ${name}. If that is meant, name ${name} in replacePaths.`,
    { path: name },
  )
}

function mergeById(
  target: readonly unknown[],
  patch: readonly unknown[],
  path: Path,
  replace: readonly Path[],
): unknown[] {
  const left = new Map(patch.map((item) => [idOf(item), item]))
  const merged = target.map((old, index) => {
    const change = left.get(idOf(old))
    left.delete(idOf(old))
    return change === undefined ? old : mergePatch(old, mergeLists(old, change, [...path, index], replace))
  })
  return [...merged, ...left.values()]
}

const idOf = (item: unknown) => (isTree(item) ? item.id : undefined)
const hasId = (item: unknown) => typeof idOf(item) === 'string'
