import { setOwn } from './json5/node.js'
import { redacted } from './redact.js'
import { equalDeep, isTree, type Tree } from './tree.js'

/**
 * Puts secrets in place of placeholders, so that a redacted copy can be edited and sent back. `current` is what is on
 * disk and `shown` its redacted form: a placeholder where nothing was hidden stays, and a write then refuses it.
 */
export function restoreRedacted(value: unknown, current: unknown, shown: unknown): unknown {
  if (value === redacted) return shown === redacted ? current : value
  if (Array.isArray(value)) return restoreList(value, listOf(current), listOf(shown))
  if (!isTree(value)) return value
  const copy: Tree = {}
  for (const [key, inner] of Object.entries(value)) {
    setOwn(copy, key, restoreRedacted(inner, memberOf(current, key), memberOf(shown, key)))
  }
  return copy
}

function restoreList(value: readonly unknown[], current: readonly unknown[], shown: readonly unknown[]): unknown[] {
  return value.map((item, index) => {
    const at = partnerOf(item, index, value, shown)
    return restoreRedacted(item, current[at], shown[at])
  })
}

/**
 * Which entry of the old list this one was, or -1: a secret must not go to another entry because one before it was
 * removed. The same id; else the only one that looks the same; else, unless entries are gone, the same place.
 */
function partnerOf(item: unknown, index: number, list: readonly unknown[], shown: readonly unknown[]): number {
  const id = isTree(item) ? item.id : undefined
  if (id !== undefined) return shown.findIndex((one) => isTree(one) && one.id === id)
  const alike = shown.flatMap((one, at) => (equalDeep(one, item) ? [at] : []))
  const [only] = alike
  if (only !== undefined && alike.length === 1) return only
  return list.length >= shown.length ? index : -1
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const memberOf = (value: unknown, key: string) => (isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined)
