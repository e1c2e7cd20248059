import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { expandHome } from '../../kernel/expand-home.js'
import type { ClosedPlaces } from './closed.js'
import { hasCode, outside, refusal } from './failures.js'
import { isInside } from './inside.js'

/** A folder of this machine and where a session sees it. */
export interface Mount {
  /** Absolute, as the model sees it. */
  readonly at: string
  /** Absolute, on this machine. */
  readonly folder: string
  readonly writable: boolean
}

export interface Places {
  /** What relative paths are relative to, as the model sees it. */
  readonly root: string
  /** The more special ones first. */
  readonly mounts: readonly Mount[]
  /** What `~` stands for; without it `~` is a name like any other. */
  readonly home?: string
  readonly closed?: ClosedPlaces
}

/** An existing ancestor, links resolved, and the names below it that do not exist. */
export interface Located {
  readonly real: string
  readonly missing: readonly string[]
}

/** The path on this machine, links not looked at yet, and the mount that it goes by. Throws `path_outside`. */
export function hostPath(
  { root, mounts, home }: Places,
  path: string,
): { readonly host: string; readonly mount: Mount } {
  if (path.includes('\0')) throw refusal('path_outside', path.replaceAll('\0', '\\0'), 'holds a NUL character')
  const seen = resolve(root, home === undefined ? path : expandHome(path, home))
  const mount = mounts.find(({ at }) => isInside(at, seen))
  if (!mount) throw outside(path)
  return { host: join(mount.folder, relative(mount.at, seen)), mount }
}

/**
 * Follows every link of a path as far as it exists. A link at its end that leads nowhere is refused: who writes there
 * would make a file wherever it points to.
 */
export async function locate(path: string, host: string): Promise<Located> {
  const missing: string[] = []
  for (let current = host; ; current = dirname(current)) {
    try {
      return { real: await realpath(current), missing }
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
      if (await isLink(current)) throw refusal('path_outside', path, 'is a link that leads nowhere')
      missing.unshift(basename(current))
      if (dirname(current) === current) throw error
    }
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch {
    return false
  }
}

/**
 * The mount that a real path is in. Where mounts lie inside each other on this machine, the innermost counts. Throws
 * `path_outside` for what is in none or closed.
 */
export async function mountOf({ mounts, closed }: Places, path: string, real: string): Promise<Mount> {
  const folders = await Promise.all(mounts.map(({ folder }) => realpath(folder).catch(() => undefined)))
  let best = -1
  for (const [index, folder] of folders.entries()) {
    if (folder === undefined || !isInside(folder, real)) continue
    if (best < 0 || folder.length > (folders[best]?.length ?? 0)) best = index
  }
  const mount = mounts[best]
  if (!mount || closed?.(real)) throw outside(path)
  return mount
}
