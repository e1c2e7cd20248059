import { constants, copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { lateCrypto } from './late-crypto.js'

/**
 * Writes a whole file so that a reader sees the old content or the new, never a part: temporary file in the same
 * folder, mode 0600, fsync, rename, fsync of the folder. The folder is made 0700 when it is missing.
 * `beforeRename` runs at the last moment; when it throws, nothing has changed.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  beforeRename?: () => Promise<void>,
): Promise<void> {
  const temporary = await writeBeside(path, content)
  try {
    await beforeRename?.()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * As `writeAtomic`, but never over a file that is there already: false, and nothing has changed. Of several processes
 * that create the same file one wins, and no reader sees a part of it.
 */
export async function createAtomic(path: string, content: string): Promise<boolean> {
  const temporary = await writeBeside(path, content)
  try {
    // A hard link is the one move that fails when its target exists.
    await link(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    // This file system has no links.
    if (!(await copyIfNew(temporary, path))) return false
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

async function copyIfNew(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** A complete file on disk under a temporary name in the folder of `path`. */
async function writeBeside(path: string, content: string | Uint8Array): Promise<string> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${lateCrypto().randomBytes(6).toString('hex')}.tmp`)
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(content, 'utf8')
    await file.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return temporary
}

/** Makes a rename durable. Some systems (Windows) cannot open a folder; there the rename alone has to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (!handle) return
  await handle.sync().catch(() => {})
  await handle.close()
}
