import type { Path } from '../json5/node.js'
import { setOwn } from '../json5/node.js'
import { formatPath } from '../path.js'
import { equalDeep, getAt, isTree, type Tree } from '../tree.js'
import type { Finding } from '../types.js'

/** A part of the config that stands elsewhere in the file than in the internal shape. */
export interface Move {
  readonly from: Path
  readonly to: Path
  /** True when the old place takes the same values as the new one, so that edits may go there. */
  readonly exact: boolean
}

/**
 * Moves old spellings of a config to the internal shape, in place, and remembers what came from where, so that a
 * message about the new place can point at the old one. Nothing is dropped without a warning.
 */
export class Migration {
  readonly root: Tree
  readonly moves: Move[] = []
  readonly warnings: Finding[] = []

  constructor(root: Tree) {
    this.root = root
  }

  get(path: Path): unknown {
    return getAt(this.root, path)
  }

  has(path: Path): boolean {
    return this.get(path) !== undefined
  }

  /** The objects under `path`, by key; none when it is not an object. */
  objectsIn(path: Path): [string, Tree][] {
    const parent = this.get(path)
    if (!isTree(parent)) return []
    return Object.entries(parent).filter((entry): entry is [string, Tree] => isTree(entry[1]))
  }

  /** Takes a value out. Objects that become empty stay. */
  take(path: Path): unknown {
    const value = this.get(path)
    const parent = this.get(path.slice(0, -1))
    const key = path.at(-1)
    if (isTree(parent) && key !== undefined) delete parent[key]
    return value
  }

  /** Moves `from` to `to` and says so. What stands at `to` already wins. */
  move(from: Path, to: Path, exact = true): void {
    if (!this.has(from)) return
    const old = formatPath(this.authored(from))
    const place = this.authored(from)
    const lost = this.put(this.take(from), from, to, exact)
    this.warn(place, `${old} is an older spelling; write ${formatPath(to)} instead.`, formatPath(to))
    if (lost) this.warn(place, `This value of ${old} is ignored because ${formatPath(to)} is set as well. Remove it.`)
  }

  /** Puts another value in place and says so. */
  rewrite(path: Path, value: unknown): void {
    const before = this.get(path)
    this.place(path, value)
    const words = `${JSON.stringify(before)} is an older spelling at ${formatPath(this.authored(path))}`
    this.warn(this.authored(path), `${words}; write ${JSON.stringify(value)} instead.`, JSON.stringify(value))
  }

  /** Takes out a key that nothing reads any more, and says so. */
  retire(path: Path, reason: string): void {
    if (!this.has(path)) return
    this.take(path)
    this.warn(path, `${formatPath(path)} has no effect any more: ${reason}`)
  }

  /** `path` is as the file spells it. */
  warn(path: Path, message: string, suggestion?: string): void {
    this.warnings.push({ path, atKey: true, message, ...(suggestion !== undefined && { suggestion }) })
  }

  /** Puts `value` at `to`, the existing value winning. True when a part of `value` lost. */
  put(value: unknown, from: Path, to: Path, exact = true): boolean {
    const existing = this.get(to)
    if (existing === undefined) {
      this.moves.push({ from, to, exact })
      this.place(to, value)
      return false
    }
    if (!isTree(existing) || !isTree(value)) return !equalDeep(existing, value)
    const lost = Object.entries(value).map(([key, inner]) => this.put(inner, [...from, key], [...to, key], exact))
    return lost.includes(true)
  }

  /** Sets a value, making the objects on the way. A non-object on the way is left: the schema will complain of it. */
  private place(path: Path, value: unknown): void {
    let parent: unknown = this.root
    for (const step of path.slice(0, -1)) {
      if (Array.isArray(parent)) parent = parent[Number(step)]
      else if (isTree(parent)) {
        if (!Object.hasOwn(parent, step) || parent[step] === undefined) setOwn(parent, String(step), {})
        parent = parent[step]
      } else return
    }
    const key = path.at(-1)
    if (key !== undefined && isTree(parent)) setOwn(parent, String(key), value)
    else if (key !== undefined && Array.isArray(parent)) parent[Number(key)] = value
  }

  /** Where a path of the internal shape stands in the file. */
  authored(path: Path): Path {
    return this.moves.toReversed().reduce((at, { from, to }) => rebase(at, to, from) ?? at, path)
  }

  /** Where a new value for a path of the internal shape is to be written. The new spelling wins over inexact old ones. */
  writable(path: Path): Path {
    const inexact = this.moves.some(({ to, exact }) => !exact && rebase(path, to, to))
    return inexact ? path : this.authored(path)
  }

  /** The internal path of one that is spelt the old way. */
  canonical(path: Path): Path {
    // A place that still holds something is a path of the internal shape itself (gateway.bind with an address).
    const old = this.moves.filter(({ from }) => !this.has(from))
    return old.reduce((at, { from, to }) => rebase(at, from, to) ?? at, path)
  }
}

/** `path` with its beginning `from` replaced by `to`; undefined when it begins otherwise. */
function rebase(path: Path, from: Path, to: Path): Path | undefined {
  const inside = from.length <= path.length && from.every((step, index) => String(step) === String(path[index]))
  return inside ? [...to, ...path.slice(from.length)] : undefined
}
