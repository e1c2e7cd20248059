import type { Path } from './json5/node.js'
import { setOwn } from './json5/node.js'
import { mergeLists } from './merge-lists.js'
import { mergePatch } from './merge-patch.js'
import { equalDeep, getAt, isTree, type Tree } from './tree.js'

/** What to do to a config. Paths are in the internal shape. */
export type Edit =
  | { readonly op: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'unset'; readonly path: Path }
  /** JSON merge patch (RFC 7396): objects merge, null removes, anything else replaces. */
  | {
      readonly op: 'merge'
      readonly path: Path
      readonly value: unknown
      /** When given, lists merge as `mergeLists` says, and only those at these paths are replaced. */
      readonly replaceLists?: readonly Path[]
    }

/** The tree after the edits; the given one is not touched. */
export function applyEdits(tree: Tree, edits: readonly Edit[]): Tree {
  const result = structuredClone(tree)
  for (const edit of edits) {
    if (edit.op === 'unset') unsetIn(result, edit.path)
    else if (edit.op === 'set') setIn(result, edit.path, structuredClone(edit.value))
    else setIn(result, edit.path, mergePatch(getAt(result, edit.path), mergeable(result, edit)))
  }
  return result
}

function mergeable(tree: Tree, { path, value, replaceLists }: Edit & { op: 'merge' }): unknown {
  return replaceLists ? mergeLists(getAt(tree, path), value, path, replaceLists) : value
}

function setIn(root: Tree, path: Path, value: unknown): void {
  if (path.length === 0) {
    for (const key of Object.keys(root)) delete root[key]
    if (isTree(value)) Object.assign(root, value)
    return
  }
  let parent: Tree | unknown[] = root
  path.slice(0, -1).forEach((step, index) => {
    const next: unknown = getAt(parent, [step])
    if (isTree(next) || Array.isArray(next)) parent = next
    else {
      const made: Tree | unknown[] = typeof path[index + 1] === 'number' ? [] : {}
      put(parent, step, made)
      parent = made
    }
  })
  put(parent, path.at(-1) ?? '', value)
}

function put(parent: Tree | unknown[], step: string | number, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(step)] = value
  else setOwn(parent, String(step), value)
}

function unsetIn(root: Tree, path: Path): void {
  const parent = getAt(root, path.slice(0, -1))
  const step = path.at(-1)
  if (step === undefined) setIn(root, [], {})
  else if (Array.isArray(parent)) parent.splice(Number(step), 1)
  else if (isTree(parent)) delete parent[step]
}

/** One step of a text edit. Lists are changed from their end, so that indexes stay right in order. */
export type Step =
  | { readonly op: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'unset'; readonly path: Path }

/** The smallest steps that make `before` into `after`, so that comments around unchanged values stay. */
export function stepsBetween(before: unknown, after: unknown, path: Path = []): Step[] {
  if (equalDeep(before, after)) return []
  if (isTree(before) && isTree(after)) return treeSteps(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) return listSteps(before, after, path)
  return [{ op: 'set', path, value: after }]
}

function treeSteps(before: Tree, after: Tree, path: Path): Step[] {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  return [
    ...gone.map((key): Step => ({ op: 'unset', path: [...path, key] })),
    ...Object.entries(after).flatMap(([key, value]): Step[] =>
      Object.hasOwn(before, key)
        ? stepsBetween(before[key], value, [...path, key])
        : [{ op: 'set', path: [...path, key], value }],
    ),
  ]
}

function listSteps(before: readonly unknown[], after: readonly unknown[], path: Path): Step[] {
  const shared = Math.min(before.length, after.length)
  let head = 0
  while (head < shared && equalDeep(before[head], after[head])) head++
  let tail = 0
  while (tail < shared - head && equalDeep(before.at(-1 - tail), after.at(-1 - tail))) tail++
  const oldMiddle = before.slice(head, before.length - tail)
  const newMiddle = after.slice(head, after.length - tail)
  // Nothing can be put between two entries of a text, only behind the last one.
  if (newMiddle.length > oldMiddle.length && tail > 0) return [{ op: 'set', path, value: after }]
  const steps = newMiddle.flatMap((value, index): Step[] => {
    const at = [...path, head + index]
    return index < oldMiddle.length ? stepsBetween(oldMiddle[index], value, at) : [{ op: 'set', path: at, value }]
  })
  for (let index = oldMiddle.length - 1; index >= newMiddle.length; index--) {
    steps.push({ op: 'unset', path: [...path, head + index] })
  }
  return steps
}
