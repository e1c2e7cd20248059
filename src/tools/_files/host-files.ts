import type { InstancePaths } from '../../instance/types.js'
import type { ToolFiles } from '../_types.js'
import { closedPlaces } from './closed.js'
import { openFiles } from './open-files.js'

export interface HostFilesInput {
  readonly paths: Pick<InstancePaths, 'home' | 'state' | 'config'>
  /** Absolute. */
  readonly workspace: string
  /** `tools.fs.workspaceOnly`, or a caller that is trusted with no more. */
  readonly workspaceOnly: boolean
  readonly writable?: boolean
}

/** The files of a session that runs on this machine without a sandbox. */
export async function hostFiles({
  paths,
  workspace,
  workspaceOnly,
  writable = true,
}: HostFilesInput): Promise<ToolFiles> {
  const own = { at: workspace, folder: workspace, writable }
  return openFiles({
    root: workspace,
    mounts: workspaceOnly ? [own] : [own, { at: '/', folder: '/', writable }],
    home: paths.home,
    closed: await closedPlaces(paths, workspace),
  })
}
