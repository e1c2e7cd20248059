import type { Path } from './json5/node.js'
import { setOwn } from './json5/node.js'

/** Plain trees: what JSON can hold. */
export type Tree = Record<string, unknown>

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function getAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isTree(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

/** Merges objects key by key, `over` winning; anything else is replaced, arrays too (spec/config.md section 1.3). */
export function mergeDeep(under: unknown, over: unknown): unknown {
  if (!isTree(under) || !isTree(over)) return over
  const merged: Tree = { ...under }
  for (const [key, value] of Object.entries(over)) {
    setOwn(merged, key, Object.hasOwn(under, key) ? mergeDeep(under[key], value) : value)
  }
  return merged
}

/** Freezes a tree in place and gives it back. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freezeDeep(inner)
    Object.freeze(value)
  }
  return value
}

/** Same JSON value; the order of keys does not matter. */
export function equalDeep(a: unknown, b: unknown): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalDeep(item, b[index]))
  }
  if (!isTree(a) || !isTree(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalDeep(a[key], b[key]))
  )
}
