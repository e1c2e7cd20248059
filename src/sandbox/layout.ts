import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mount } from '../tools/_files/locate.js'
import type { Bind } from './bind.js'
import type { SandboxSettings } from './settings.js'

/** Where the folders of a sandbox are, on this machine and inside. */
export interface SandboxLayout {
  /** The working folder inside. */
  readonly workdir: string
  /** Of its own, on this machine: the private workspace, and what a backend keeps. */
  readonly folder: string
  /** The more special ones first; the order for lookups, not for mounting. */
  readonly mounts: readonly Mount[]
  /** False when the agent's workspace is only to be read. */
  readonly filesWritable: boolean
}

/** The working folder inside. */
export function workdirOf({ docker }: Pick<SandboxSettings, 'docker'>): string {
  return docker.workdir ?? '/workspace'
}

/**
 * none: a private folder as workspace. ro: the same, and the agent's workspace at /agent to read. rw: the agent's
 * workspace itself. Touches no disk.
 */
export function planLayout(
  { workspaceAccess, workspaceRoot, docker }: SandboxSettings,
  name: string,
  workspace: string,
  binds: readonly Bind[],
): SandboxLayout {
  const workdir = workdirOf({ docker })
  const folder = join(workspaceRoot, name)
  const mounts: Mount[] = [
    ...binds.map(({ source, target, writable }) => ({ at: target, folder: source, writable })),
    { at: workdir, folder: workspaceAccess === 'rw' ? workspace : join(folder, 'workspace'), writable: true },
    ...(workspaceAccess === 'ro' ? [{ at: '/agent', folder: workspace, writable: false }] : []),
  ]
  const deepestFirst = mounts.toSorted((a, b) => b.at.length - a.at.length)
  return { workdir, folder, mounts: deepestFirst, filesWritable: workspaceAccess !== 'ro' }
}

/** The same with the folders made that are missing, and mounts by their real path. */
export async function madeLayout(layout: SandboxLayout, workspace: string): Promise<SandboxLayout> {
  await mkdir(join(layout.folder, 'workspace'), { recursive: true, mode: 0o700 })
  await mkdir(workspace, { recursive: true, mode: 0o700 })
  const mounts = await Promise.all(
    layout.mounts.map(async (mount) => ({ ...mount, folder: await realpath(mount.folder).catch(() => mount.folder) })),
  )
  return { ...layout, mounts }
}
