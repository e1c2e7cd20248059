import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { GatewayError } from '../kernel/errors.js'
import { isInside } from '../tools/_files/inside.js'
import type { SandboxLayout } from './layout.js'

/** The folder of a command, as it is inside. Throws `exec_failed` when it is in a mount and not there. */
export async function insideFolder({ workdir, mounts }: SandboxLayout, cwd: string | undefined): Promise<string> {
  if (cwd === undefined) return workdir
  const folder = posix.resolve(workdir, cwd)
  const mount = mounts.find(({ at }) => isInside(at, folder))
  if (!mount) return folder
  const found = await stat(posix.join(mount.folder, posix.relative(mount.at, folder))).catch(() => undefined)
  if (found?.isDirectory()) return folder
  throw new GatewayError('exec_failed', {
    message: `The working directory ${folder} does not exist in the sandbox. Leave out workdir; it begins at ${workdir}.`,
  })
}
