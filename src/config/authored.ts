import { sep } from 'node:path'
import type { Layer } from './include.js'
import type { Json5Node, Member, Path } from './json5/node.js'
import { memberOf, nodeAt } from './json5/node.js'
import { migrate } from './legacy/index.js'
import type { Migration } from './legacy/migration.js'
import type { ReadConfig } from './load.js'
import { formatPath } from './path.js'
import { getAt, isTree, type Tree } from './tree.js'

/** A config in the internal shape but otherwise as written: `${VAR}` is still there. */
export interface Authored {
  readonly tree: Tree
  readonly migration: Migration
  readonly layers: readonly Layer[]
}

/** Undefined when the file holds something else than an object. */
export function authoredOf({ resolved }: ReadConfig): Authored | undefined {
  const tree = structuredClone(resolved.value)
  if (!isTree(tree)) return undefined
  return { tree, migration: migrate(tree), layers: resolved.layers }
}

/** The internal path of one that may be spelt the old way, e.g. `gateway.token`. */
export function canonicalPath({ tree, migration }: Authored, path: Path): Path {
  const known = migration.canonical(path)
  if (known !== path && formatPath(known) !== formatPath(path)) return known
  // The old key is not in the file: see where it would go. The names of the agents matter for that, nothing else.
  const probe: Tree = { agents: { entries: agentMarks(tree) } }
  let parent = probe
  path.forEach((step, index) => {
    if (!Object.hasOwn(parent, step)) parent[step] = index === path.length - 1 ? 'probe' : {}
    const next = parent[step]
    if (isTree(next)) parent = next
  })
  return migrate(probe).canonical(path)
}

function agentMarks(tree: Tree): Tree {
  const entries = getAt(tree, ['agents', 'entries'])
  const marks = Object.entries(isTree(entries) ? entries : {}).map(([id, agent]) => [
    id,
    { default: getAt(agent, ['default']) },
  ])
  return Object.fromEntries(marks)
}

/** A place in one of the files, or why there is none (spec/config.md section 1.3, write-through). */
export type Owner = { readonly layer: Layer; readonly path: Path } | { readonly refusal: string }

/**
 * The file that a change at `path` (as authored) belongs to. An included file is only written when it is the one
 * plain source of its section; anything else would have to be flattened into the main file. `folder` is the real path
 * of the folder of the main file.
 */
export function ownerOf(layers: readonly Layer[], main: Layer, folder: string, path: Path): Owner {
  let node: Json5Node | undefined = main.root
  for (let depth = 0; depth <= path.length && node; depth++) {
    const step: string | number | undefined = path[depth]
    if (node.kind === 'object') {
      const include = memberOf(node, '$include')
      const own: Member | undefined = step === undefined ? undefined : memberOf(node, String(step))
      if (include && !own) {
        const owner = throughInclude(layers, include.value, node.members.length > 1, main, folder, path, depth)
        if (owner) return owner
      }
      node = own?.value
    } else node = node.kind === 'array' ? node.items[Number(step)] : undefined
  }
  return { layer: main, path }
}

const sameStart = (layer: Layer, path: Path) => layer.mount.every((step, index) => String(step) === String(path[index]))

function throughInclude(
  layers: readonly Layer[],
  name: Json5Node,
  siblings: boolean,
  main: Layer,
  folder: string,
  path: Path,
  depth: number,
): Owner | undefined {
  const included = layers.filter((layer) => layer !== main && layer.mount.length === depth && sameStart(layer, path))
  const plain = name.kind === 'scalar' && !siblings
  // A key that no included file has can stand beside the include.
  const next = path.slice(depth, depth + 1)
  if (!plain && next.length > 0 && !included.some((layer) => nodeAt(layer.root, next))) return undefined
  const [layer] = included
  const refuse = (why: string) => ({
    refusal: `${formatPath(path)} comes from the $include at ${formatPath(path.slice(0, depth))}, and writing it would flatten the include: ${why}. Edit the included file by hand.`,
  })
  if (name.kind === 'array') return refuse('it lists several files')
  if (siblings) return refuse('other keys stand beside it')
  if (!layer || included.length > 1 || layer.text.includes('$include')) return refuse('the file includes others')
  if (!layer.file.startsWith(folder + sep)) return refuse('the file lies outside the config folder')
  return { layer, path: path.slice(depth) }
}
