import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomId } from '../../kernel/random-id.js'
import { hasCode, refusal } from './failures.js'
import { Folder } from './folder.js'
import { hostPath, locate, type Mount, mountOf, type Places } from './locate.js'

/** What the process mask leaves of it. */
const NEW_FILE = 0o666
export const PERMISSIONS = 0o777
/** Nobody else reads a file before it has the mode that it is to have. */
const PRIVATE_FILE = 0o600

interface Target {
  /** An existing folder, links resolved. */
  readonly ancestor: string
  /** Folders below it that are still to be made. */
  readonly missing: readonly string[]
  readonly name: string
}

/** Whole or not at all: a temporary file beside it takes its place. Makes missing folders, keeps the file's mode. */
export async function writeFile(places: Places, path: string, data: string | Buffer, mode?: number): Promise<void> {
  const { host, mount } = hostPath(places, path)
  await ensureFolder(mount)
  const { real, missing } = await locate(path, host)
  const name = missing.at(-1)
  const target =
    name === undefined
      ? { ancestor: dirname(real), missing: [], name: basename(real) }
      : { ancestor: real, missing: missing.slice(0, -1), name }
  await within(places, path, target, (folder) => replace(folder, target.name, path, data, mode))
}

/** A link is removed, not what it leads to. */
export async function removeFile(places: Places, path: string): Promise<void> {
  const target = existing(path, await entryOf(places, path))
  await within(places, path, target, async (folder) => {
    await mustBeFile(folder, target.name, path)
    await folder.remove(target.name)
  })
}

export async function moveFile(places: Places, from: string, to: string): Promise<void> {
  const source = existing(from, await entryOf(places, from))
  const goal = await entryOf(places, to)
  await within(places, from, source, (folder) =>
    within(places, to, goal, async (goalFolder) => {
      await mustBeFile(folder, source.name, from)
      const there = await goalFolder.look(goal.name)
      if (there && !there.isFile()) throw refusal('not_a_file', to, 'is no regular file')
      await folder.move(source.name, goalFolder, goal.name)
    }),
  )
}

/** The entry itself, also when it is a link. */
async function entryOf(places: Places, path: string): Promise<Target> {
  const { host, mount } = hostPath(places, path)
  await ensureFolder(mount)
  const { real, missing } = await locate(path, dirname(host))
  return { ancestor: real, missing, name: basename(host) }
}

function existing(path: string, target: Target): Target {
  if (target.missing.length > 0) throw refusal('file_not_found', path, 'does not exist')
  return target
}

/** A workspace that nobody has made yet. */
async function ensureFolder({ folder, writable }: Mount): Promise<void> {
  if (writable) await mkdir(folder, { recursive: true })
}

/** Runs `work` in the folder of the target, which is held open, is in a writable mount, and stays the one it is. */
async function within<T>(
  places: Places,
  path: string,
  { ancestor, missing, name }: Target,
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  await mustBeWritable(places, path, join(ancestor, ...missing, name))
  let folder = await Folder.open(ancestor)
  try {
    for (const step of missing) {
      const next = await folder.enter(step)
      await folder.close()
      folder = next
    }
    // The ancestor may have become another folder since its path was resolved.
    await mustBeWritable(places, path, join(folder.real, name))
    return await work(folder)
  } finally {
    await folder.close()
  }
}

async function mustBeWritable(places: Places, path: string, real: string): Promise<void> {
  const mount = await mountOf(places, path, real)
  if (!mount.writable) throw refusal('path_read_only', path, 'is in a folder that may be read but not changed')
  if (real === (await realpath(mount.folder))) throw refusal('not_a_file', path, 'is a folder')
}

async function mustBeFile(folder: Folder, name: string, path: string): Promise<void> {
  const found = await folder.look(name)
  if (!found) throw refusal('file_not_found', path, 'does not exist')
  if (found.isDirectory()) throw refusal('not_a_file', path, 'is a folder')
  if (!found.isFile() && !found.isSymbolicLink()) throw refusal('not_a_file', path, 'is no regular file')
}

async function replace(
  folder: Folder,
  name: string,
  path: string,
  data: string | Buffer,
  given: number | undefined,
): Promise<void> {
  const found = await folder.look(name)
  if (found?.isDirectory()) throw refusal('not_a_file', path, 'is a folder')
  if (found && !found.isFile()) throw refusal('not_a_file', path, 'is no regular file')
  const temporary = `.${randomId()}.tmp`
  const mode = found?.mode ?? given
  const file = await folder.create(temporary, mode === undefined ? NEW_FILE : PRIVATE_FILE)
  try {
    try {
      await file.writeFile(data)
      if (mode !== undefined) await file.chmod(mode & PERMISSIONS)
      await file.sync()
    } finally {
      await file.close()
    }
    await folder.move(temporary, folder, name)
  } catch (error) {
    await folder.remove(temporary).catch((failure: unknown) => {
      if (!hasCode(failure, 'ENOENT')) throw failure
    })
    throw error
  }
}
