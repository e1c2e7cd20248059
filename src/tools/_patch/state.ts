import { resolve } from 'node:path'
import { decodeText, type TextFile } from '../_text/decode.js'
import { MAX_TEXT_BYTES } from '../_text/file.js'
import type { ToolFiles } from '../_types.js'

/** One file before and after; undefined: it is not there. */
export interface FileChange {
  readonly path: string
  readonly before: Buffer | undefined
  readonly after: Buffer | undefined
  /** Of the file before, or of the one that moves here; what is put where no file is gets it. */
  readonly mode: number | undefined
}

/** The files that a patch touches, as they would be after the steps so far. */
export class PatchState {
  readonly #files: ToolFiles
  /** By absolute path: a patch may spell one file in two ways. */
  readonly #touched = new Map<string, FileChange>()

  constructor(files: ToolFiles) {
    this.#files = files
  }

  /** Throws what `read` throws: of folders, of what is outside, of what is too large. */
  async exists(path: string): Promise<boolean> {
    return (await this.#look(path)).after !== undefined
  }

  /** Undefined when the file is not UTF-8 text. */
  async text(path: string): Promise<TextFile | undefined> {
    const { after } = await this.#look(path)
    return after && decodeText(after)
  }

  async put(path: string, content: string | undefined): Promise<void> {
    const { before, mode } = await this.#look(path)
    const after = content === undefined ? undefined : Buffer.from(content)
    this.#touched.set(this.#key(path), { path, before, after, mode })
  }

  /** The file stands at another place, with this content and as it may be read, written and run. */
  async move(from: string, to: string, content: string): Promise<void> {
    const { mode } = await this.#look(from)
    await this.put(from, undefined)
    await this.put(to, content)
    const moved = await this.#look(to)
    this.#touched.set(this.#key(to), { ...moved, mode })
  }

  /** What is to be written before what is to be removed, so that a move never leaves nothing. */
  changes(): readonly FileChange[] {
    const all = [...this.#touched.values()].filter(({ before, after }) => !same(before, after))
    return [...all.filter(({ after }) => after), ...all.filter(({ after }) => !after)]
  }

  async #look(path: string): Promise<FileChange> {
    const key = this.#key(path)
    const known = this.#touched.get(key)
    if (known) return known
    const found = await this.#files.stat(path)
    const before = found && (await this.#files.read(path, { maxBytes: MAX_TEXT_BYTES }))
    const change = { path, before, after: before, mode: found?.mode }
    this.#touched.set(key, change)
    return change
  }

  #key(path: string): string {
    return resolve(this.#files.root, path)
  }
}

function same(before: Buffer | undefined, after: Buffer | undefined): boolean {
  return before && after ? before.equals(after) : before === after
}
