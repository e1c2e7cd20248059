import { rm, rmdir } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { configLock } from '../../instance/config-locks.js'
import { acquireLocks, type LockOptions } from '../../instance/lock.js'
import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import type { Removal, RemovalPlan } from './types.js'

export interface RemoveOptions extends LockOptions {
  /** Also the state directory itself and the locks in it, as the last step. */
  readonly everything?: boolean
  /** Runs under the locks before anything is removed. */
  readonly before?: () => Promise<void>
}

export interface Removed {
  readonly removed: readonly string[]
  readonly failed: readonly { readonly path: string; readonly why: string }[]
}

/**
 * Removes what a plan lists while no gateway of the profile can run: its locks are held until the end. `plan` is asked
 * under the locks, so that the list is what is there then. One path that cannot be removed does not keep the others.
 * Throws `lock_held` while a gateway runs; then nothing is removed.
 */
export async function removePlanned(
  instance: Instance,
  plan: () => Promise<RemovalPlan>,
  { everything = false, before, ...lock }: RemoveOptions = {},
): Promise<Removed> {
  const first = await plan()
  if (first.remove.length === 0 && !everything) return { removed: [], failed: [] }
  let removed: readonly string[] = []
  const held = await acquireLocks(instance, lock)
  try {
    await before?.()
    const outcome = await removeAll((await plan()).remove)
    removed = outcome.removed
    if (everything && outcome.failed.length === 0) await removeLocks(instance)
    return outcome
  } finally {
    held.release()
    if (everything) await removeEmpty(instance.paths.state, removed)
  }
}

async function removeAll(list: readonly Removal[]): Promise<Removed> {
  const removed: string[] = []
  const failed: { path: string; why: string }[] = []
  for (const { path } of list) {
    try {
      // Node removes a link itself and never what it points to.
      await rm(path, { recursive: true, force: true, maxRetries: 2 })
      removed.push(path)
    } catch (error) {
      failed.push({ path, why: error instanceof Error && 'code' in error ? String(error.code) : 'error' })
    }
  }
  return { removed, failed }
}

/** A lock file is only deleted where nothing is left that it could protect. */
async function removeLocks({ paths }: Instance): Promise<void> {
  await rm(configLock(paths.config), { force: true })
  await rm(paths.locks, { recursive: true, force: true })
}

/** The state directory, and folders in it of which everything went one by one. */
async function removeEmpty(state: string, removed: readonly string[]): Promise<void> {
  const folders = new Set([state])
  for (const path of removed) {
    for (let folder = dirname(path); folder.startsWith(state + sep); folder = dirname(folder)) folders.add(folder)
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await rmdir(folder).catch(() => {})
}

/** Throws `removal_failed` with the paths that stayed. */
export function throwIfFailed({ failed }: Removed): void {
  if (failed.length === 0) return
  const list = failed.map(({ path, why }) => `${path} (${why})`).join(', ')
  throw new GatewayError('removal_failed', { message: `Not removed: ${list}.`, details: { failed } })
}
