import { realpath, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { GatewayError } from '../kernel/errors.js'
import { isInside } from '../tools/_files/inside.js'
import type { Mount } from '../tools/_files/locate.js'
import type { SandboxLayout } from './layout.js'

/** The folder of a command, as it is inside. Throws `exec_failed` when it is in a mount and not there. */
export async function insideFolder({ workdir, mounts }: SandboxLayout, cwd: string | undefined): Promise<string> {
  if (cwd === undefined) return workdir
  const folder = posix.resolve(workdir, cwd)
  const mount = mounts.find(({ at }) => isInside(at, folder))
  if (!mount) return folder
  if (await isFolderOf(mount, posix.relative(mount.at, folder))) return folder
  throw new GatewayError('exec_failed', {
    message: `The working directory ${folder} does not exist in the sandbox. Leave out workdir; it begins at ${workdir}.`,
  })
}

/** A link out of the mount means another place inside; it must not tell what there is on this machine. */
async function isFolderOf({ folder }: Mount, path: string): Promise<boolean> {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(posix.join(folder, path))])
    return isInside(root, real) && (await stat(real)).isDirectory()
  } catch {
    return false
  }
}
