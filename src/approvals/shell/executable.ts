import { createHash } from 'node:crypto'
import { accessSync, type BigIntStats, constants, realpathSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'

/** Which file a command name means, and which file that was when it was looked at. */
export interface Executable {
  /** As it was typed. */
  readonly name: string
  /** Found in PATH: it was typed without a slash. */
  readonly fromPath: boolean
  /** Absolute, links not followed: what is run, so that programs with many names see the one that was meant. */
  readonly path: string
  readonly realPath: string
  readonly identity: string
}

/** Looks a name up as a shell does; undefined when it is no program. Relative folders in PATH are passed over. */
export function findExecutable(name: string, cwd: string, path: string): Executable | undefined {
  if (name === '' || name.includes('\0')) return undefined
  if (name.includes('/')) return inspect(name, isAbsolute(name) ? resolve(name) : resolve(cwd, name), false)
  for (const folder of path.split(':').filter(isAbsolute)) {
    const found = inspect(name, join(folder, name), true)
    if (found) return found
  }
  return undefined
}

function inspect(name: string, path: string, fromPath: boolean): Executable | undefined {
  try {
    accessSync(path, constants.X_OK)
    const identity = identityOf(path)
    return identity === undefined ? undefined : { name, fromPath, path, realPath: realpathSync(path), identity }
  } catch {
    return undefined
  }
}

/**
 * What changes when a file is replaced, written or renamed over: device, inode, size, and the times of content and
 * inode; the last cannot be set back. Undefined when it is no plain file.
 */
export function identityOf(path: string): string | undefined {
  const facts = statOf(path)
  if (!facts?.isFile()) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = facts
  return [realpathSync(path), dev, ino, size, mode, mtimeNs, ctimeNs].join(' ')
}

/** Undefined also for what is no path at all, such as a page of code: words of a command may be anything. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** SHA-256 of a file in hex; undefined when it cannot be read. */
export async function hashOf(path: string): Promise<string | undefined> {
  const content = await readFile(path).catch(() => undefined)
  return content && createHash('sha256').update(content).digest('hex')
}
