import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, resolve, sep } from 'node:path'
import type { Json5SyntaxError } from './json5/error.js'
import type { Json5Node, Path, Position } from './json5/node.js'
import { setOwn, toValue } from './json5/node.js'
import { parseJson5 } from './json5/parse.js'
import type { ReadText } from './read-text.js'
import { isTree, mergeDeep, type Tree } from './tree.js'

/** One text and where its root stands in the config. Later layers win over earlier ones. */
export interface Layer {
  readonly file: string
  readonly text: string
  readonly root: Json5Node
  readonly mount: Path
}

/** Why an include could not be read. `path` is the place of the `$include`. */
export interface IncludeFailure {
  readonly file: string
  readonly path: Path
  readonly message: string
  readonly position?: Position
}

export interface Resolved {
  readonly value: unknown
  readonly layers: readonly Layer[]
  readonly failures: readonly IncludeFailure[]
}

/** Files included by included files, counted from the main one (spec/config.md section 1.3). */
const maxDepth = 10
const maxPathLength = 4096
/** Files of one config; stops includes that multiply. */
const maxFiles = 256

/** Reads a parsed main file with everything that it includes. */
export async function resolveIncludes(main: Layer, roots: readonly string[], reader: Reader): Promise<Resolved> {
  // Most configs include nothing; a walk over every value would be wasted on them.
  if (!main.text.includes('$include')) return { value: toValue(main.root), layers: [main], failures: [] }
  const includes = new Includes(await realRoots(dirname(main.file), roots), reader)
  const value = await includes.layer(main, [await realpath(main.file).catch(() => main.file)])
  return { value, layers: includes.layers, failures: includes.failures }
}

async function realRoots(folder: string, roots: readonly string[]): Promise<string[]> {
  return Promise.all([folder, ...roots].map((root) => realpath(root).catch(() => resolve(root))))
}

type Reader = (path: string) => Promise<ReadText>

class Includes {
  readonly layers: Layer[] = []
  readonly failures: IncludeFailure[] = []
  readonly #roots: readonly string[]
  readonly #reader: Reader

  constructor(roots: readonly string[], reader: Reader) {
    this.#roots = roots
    this.#reader = reader
  }

  async layer(layer: Layer, chain: readonly string[]): Promise<unknown> {
    const value = await this.walk(toValue(layer.root), layer.mount, layer.file, chain)
    this.layers.push(layer)
    return value
  }

  private async walk(value: unknown, path: Path, file: string, chain: readonly string[]): Promise<unknown> {
    if (Array.isArray(value)) {
      const items: unknown[] = []
      for (const [index, item] of value.entries()) items.push(await this.walk(item, [...path, index], file, chain))
      return items
    }
    if (!isTree(value)) return value
    const own: Tree = {}
    for (const [key, inner] of Object.entries(value)) {
      if (key !== '$include') setOwn(own, key, await this.walk(inner, [...path, key], file, chain))
    }
    if (!Object.hasOwn(value, '$include')) return own
    const included = await this.include(value.$include, path, file, chain)
    if (Object.keys(own).length === 0) return included
    if (isTree(included)) return mergeDeep(included, own)
    return this.fail(file, path, 'The included file holds no object, so nothing can stand beside $include here.')
  }

  private async include(names: unknown, path: Path, file: string, chain: readonly string[]): Promise<unknown> {
    const list = Array.isArray(names) ? names : [names]
    let merged: unknown = {}
    for (const name of list) {
      if (typeof name === 'string') merged = mergeDeep(merged, await this.one(name, path, file, chain))
      else this.fail(file, path, '$include takes a file name or a list of file names.')
    }
    return merged
  }

  private async one(name: string, path: Path, file: string, chain: readonly string[]): Promise<unknown> {
    const refuse = (message: string) => this.fail(file, path, message)
    if (name.includes('\0') || name.length >= maxPathLength) return refuse('This $include is not a usable file name.')
    if (chain.length > maxDepth) return refuse(`$include is nested deeper than ${maxDepth} files.`)
    if (this.layers.length >= maxFiles) return refuse(`A config may include at most ${maxFiles} files.`)
    const wanted = isAbsolute(name) ? name : resolve(dirname(file), name)
    const real = await realpath(wanted).catch(() => undefined)
    if (real === undefined) return refuse(`The included file ${name} does not exist (looked at ${wanted}).`)
    if (!this.#roots.some((root) => real.startsWith(root.endsWith(sep) ? root : root + sep)))
      return refuse(
        `The included file ${name} lies outside the config folder (${real}). Move it there, or add its folder to OPENCLAW_INCLUDE_ROOTS.`,
      )
    if (chain.includes(real)) return refuse(`$include goes in a circle: ${[...chain, real].join(' -> ')}.`)
    const read = await this.#reader(real)
    if (read.kind !== 'text')
      return refuse(
        `The included file ${name} cannot be used. ${read.kind === 'missing' ? 'It is missing.' : read.message}`,
      )
    return this.parsed(real, read.text, path, chain)
  }

  private async parsed(file: string, text: string, mount: Path, chain: readonly string[]): Promise<unknown> {
    let root: Json5Node
    try {
      root = parseJson5(text)
    } catch (error) {
      const { message, position } = error as Json5SyntaxError
      this.failures.push({ file, path: mount, message, position })
      return {}
    }
    return this.layer({ file, text, root, mount }, [...chain, file])
  }

  private fail(file: string, path: Path, message: string): Tree {
    this.failures.push({ file, path: [...path, '$include'], message })
    return {}
  }
}
