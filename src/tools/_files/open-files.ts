import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import type { FileStat, ToolFiles } from '../_types.js'
import { fileFailure, hasCode, refusal } from './failures.js'
import { whereIs } from './folder.js'
import { isInside } from './inside.js'
import { hostPath, mountOf, type Places } from './locate.js'
import { readUpTo } from './read-up-to.js'
import { moveFile, PERMISSIONS, removeFile, writeFile } from './write.js'

/** Largest file that is read when the caller names no limit, in bytes. */
const MAX_BYTES = 20 * 1024 * 1024
/** A pipe that nobody writes to must not hold us. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The files that a session may see. Every call looks anew: mounts and links may change between two of them. */
export function openFiles(places: Places): ToolFiles {
  const { root, mounts } = places
  return {
    root,
    writable: mounts.find(({ at }) => at === root)?.writable ?? false,
    stat: (path) => telling(path, statOf(places, path)),
    read: (path, limits) => telling(path, read(places, path, limits?.maxBytes ?? MAX_BYTES)),
    write: (path, data, mode) => telling(path, writeFile(places, path, data, mode)),
    remove: (path) => telling(path, removeFile(places, path)),
    rename: (from, to) => telling(from, moveFile(places, from, to)),
    workspaceOnly: () => openFiles({ ...places, mounts: mounts.filter(({ at }) => isInside(root, at)) }),
  }
}

async function telling<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw fileFailure(path, error)
  }
}

async function statOf(places: Places, path: string): Promise<FileStat | undefined> {
  const real = await realpath(hostPath(places, path).host).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  })
  if (real === undefined) return undefined
  await mountOf(places, path, real)
  const found = await stat(real)
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
  return { kind, size: found.size, mode: found.mode & PERMISSIONS, modifiedAt: found.mtimeMs }
}

async function read(places: Places, path: string, maxBytes: number): Promise<Buffer> {
  const real = await realpath(hostPath(places, path).host)
  await mountOf(places, path, real)
  const handle = await open(real, READ_FLAGS)
  try {
    // A folder on the way may have become a link since its path was resolved.
    await mountOf(places, path, await whereIs(handle, real))
    const found = await handle.stat()
    if (found.isDirectory()) throw refusal('not_a_file', path, 'is a folder')
    if (!found.isFile()) throw refusal('not_a_file', path, 'is no regular file')
    const data = await readUpTo(handle, maxBytes)
    if (data) return data
    throw refusal('file_too_large', path, `is larger than ${maxBytes} bytes (${Math.max(found.size, maxBytes)})`)
  } finally {
    await handle.close()
  }
}
