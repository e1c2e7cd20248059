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

/**
 * none: a private folder as workspace. ro: the same, and the agent's workspace at /agent to read. rw: the agent's
 * workspace itself. Makes the folders that are missing.
 */
export async function layoutOf(
  { workspaceAccess, workspaceRoot, docker }: SandboxSettings,
  name: string,
  workspace: string,
  binds: readonly Bind[],
): Promise<SandboxLayout> {
  const workdir = docker.workdir ?? '/workspace'
  const folder = join(workspaceRoot, name)
  const privateFolder = join(folder, 'workspace')
  await mkdir(privateFolder, { recursive: true, mode: 0o700 })
  await mkdir(workspace, { recursive: true, mode: 0o700 })
  const own = workspaceAccess === 'rw' ? workspace : privateFolder
  const mounts: Mount[] = [
    ...binds.map(({ source, target, writable }) => ({ at: target, folder: source, writable })),
    { at: workdir, folder: await realpath(own), writable: true },
    ...(workspaceAccess === 'ro' ? [{ at: '/agent', folder: await realpath(workspace), writable: false }] : []),
  ]
  const deepestFirst = mounts.toSorted((a, b) => b.at.length - a.at.length)
  return { workdir, folder, mounts: deepestFirst, filesWritable: workspaceAccess !== 'ro' }
}
