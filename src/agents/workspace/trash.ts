import { lstat, mkdir, realpath, rename } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { InstancePaths } from '../../instance/types.js'

export interface Trashed {
  readonly removed?: readonly { readonly path: string; readonly method: 'trash' | 'missing' }[]
  readonly failed?: readonly { readonly path: string; readonly reason: string }[]
}

export interface TrashRequest {
  readonly agentId: string
  readonly folder: string
  /** Workspaces of the agents that stay. */
  readonly others: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Moves a workspace into `<state>/trash`, where a person can take it back from. A folder that holds, or is part of,
 * something else that is in use stays where it is.
 */
export async function trashWorkspace(
  paths: Pick<InstancePaths, 'home' | 'state' | 'config'>,
  { agentId, folder, others, at }: TrashRequest,
): Promise<Trashed> {
  const failed = (reason: string): Trashed => ({ failed: [{ path: folder, reason }] })
  const found = await lstat(folder).catch(() => undefined)
  if (!found) return { removed: [{ path: folder, method: 'missing' }] }
  if (!found.isDirectory()) return failed('it is no folder of its own but a link or a file')
  const [real, used, shared] = await Promise.all([
    realpath(folder),
    realPaths([paths.home, paths.state, paths.config]),
    realPaths(others),
  ])
  if (used.some((path) => holds(real, path))) return failed('it holds the home folder or the state of the gateway')
  if (shared.some((path) => holds(real, path) || holds(path, real))) return failed('another agent works there too')
  const trash = join(paths.state, 'trash')
  try {
    await mkdir(trash, { recursive: true, mode: 0o700 })
    await rename(real, join(trash, `${agentId}-${new Date(at).toISOString().replace(/[:.]/g, '-')}`))
    return { removed: [{ path: folder, method: 'trash' }] }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    return failed(`it could not be moved to ${trash} (${code})`)
  }
}

function realPaths(paths: readonly string[]): Promise<string[]> {
  return Promise.all(paths.map((path) => realpath(path).catch(() => path)))
}

const holds = (folder: string, path: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
