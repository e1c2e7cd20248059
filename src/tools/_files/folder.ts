import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, outside } from './failures.js'

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** Where what was opened really is, whatever its path leads to by now. Throws `path_outside` when nobody can say. */
export async function whereIs(handle: FileHandle, path: string): Promise<string> {
  const place = await procPath(handle)
  return place ?? sameStill(handle, path)
}

/** Only Linux tells. */
async function procPath(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  return readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined)
}

/** Elsewhere: the path must still lead to the same file. */
async function sameStill(handle: FileHandle, path: string): Promise<string> {
  const real = await realpath(path)
  const [held, found] = await Promise.all([handle.stat({ bigint: true }), stat(real, { bigint: true })])
  if (held.dev !== found.dev || held.ino !== found.ino) throw outside(path)
  return real
}

/** A folder that is held open; its names are looked up in this very folder, even when its path is taken by another. */
export class Folder {
  readonly real: string
  readonly #handle: FileHandle
  readonly #base: string

  private constructor(handle: FileHandle, real: string, base: string) {
    this.#handle = handle
    this.real = real
    this.#base = base
  }

  /** Does not follow a link at the end of the path. Throws what the operating system says. */
  static async open(path: string): Promise<Folder> {
    const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try {
      const place = await procPath(handle)
      const real = place ?? (await sameStill(handle, path))
      return new Folder(handle, real, place === undefined ? real : `/proc/self/fd/${handle.fd}`)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Undefined when there is nothing of this name. A link is told as a link. */
  async look(name: string): Promise<Stats | undefined> {
    try {
      return await lstat(this.#at(name))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  /** The sub-folder, made when it is missing. */
  async enter(name: string): Promise<Folder> {
    await mkdir(this.#at(name)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
    return Folder.open(this.#at(name))
  }

  /** A file that is not there yet. */
  create(name: string, mode: number): Promise<FileHandle> {
    return open(this.#at(name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | O_NOFOLLOW, mode)
  }

  async remove(name: string): Promise<void> {
    await unlink(this.#at(name))
  }

  async move(name: string, to: Folder, toName: string): Promise<void> {
    await rename(this.#at(name), to.#at(toName))
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  #at(name: string): string {
    return join(this.#base, name)
  }
}
