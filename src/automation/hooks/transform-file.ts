import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isInside } from '../../tools/_files/inside.js'

/** Where a transform lies; both paths without links. */
export interface TransformFile {
  readonly root: string
  readonly file: string
}

/**
 * The file of a transform: in `hooks.transformsDir`, which lies in the state directory of the profile. Links are followed
 * before it is asked where something lies. Rejects with the reason.
 */
export async function findTransform(state: string, folder = 'hooks/transforms', module = ''): Promise<TransformFile> {
  const [home, root] = await Promise.all([realpath(state), realpath(resolve(state, folder))])
  if (!isInside(home, root) || root === home) throw new Error('hooks.transformsDir is outside of the state directory')
  const file = await realpath(resolve(root, module))
  if (!isInside(root, file) || file === root) throw new Error('the module is outside of hooks.transformsDir')
  return { root, file }
}
