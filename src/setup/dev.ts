import { access, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { acquireLocks, type LockOptions } from '../instance/lock.js'
import { devProfile, suffixed } from '../instance/profile.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { databaseFiles } from '../storage/database-files.js'
import { checkState } from './removal/roots.js'
import { type SetupResult, setUpProfile } from './setup.js'

export interface DevOptions extends LockOptions {
  readonly reset?: boolean
}

/**
 * Makes the config and the workspace of a development gateway when there is no config yet. `reset` empties the `dev`
 * profile first; any other profile is refused (`usage`), because it would be somebody's data.
 * Throws `lock_held` while its gateway runs and `removal_refused` for a state directory that is none; then nothing is removed.
 */
export async function setUpDev(
  instance: Instance,
  { reset = false, ...lock }: DevOptions = {},
): Promise<Pick<SetupResult, 'newToken'>> {
  if (reset) await wipe(instance, lock)
  const exists = await access(instance.paths.config).then(
    () => true,
    () => false,
  )
  return exists ? { newToken: undefined } : setUpProfile(instance)
}

async function wipe(instance: Instance, lock: LockOptions): Promise<void> {
  const { profile, paths } = instance
  if (profile !== devProfile) throw new GatewayError('usage', { message: 'Use --reset with --dev.' })
  const { state, home, config, workspace, database, credentials } = paths
  const usualWorkspace = join(home, '.openclaw', suffixed('workspace', devProfile))
  // A config or workspace that a variable puts elsewhere is not ours to delete.
  const ours = (path: string) => path.startsWith(state + sep) || path === usualWorkspace
  const all = [config, ...databaseFiles(database), credentials, workspace]
  await checkState(instance)
  const held = await acquireLocks(instance, lock)
  try {
    for (const path of all.filter(ours)) await rm(path, { recursive: true, force: true })
  } finally {
    held.release()
  }
}
