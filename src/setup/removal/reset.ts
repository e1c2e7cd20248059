import { readFile } from 'node:fs/promises'
import { keepBackup } from '../../config/backups.js'
import type { LockOptions } from '../../instance/lock.js'
import type { Instance } from '../../instance/types.js'
import { planReset } from './plan.js'
import { type Removed, removePlanned } from './remove.js'
import type { ResetScope } from './types.js'

export interface ResetResult extends Removed {
  /** Where the config went; only scope `config` keeps one, since it has secrets in it. */
  readonly backup: string | undefined
}

/**
 * Empties a profile to the given extent under its locks. Throws `lock_held` while its gateway runs, `removal_refused`
 * for a state directory that cannot be one; then nothing is removed.
 */
export async function resetProfile(
  instance: Instance,
  scope: ResetScope,
  options: LockOptions = {},
): Promise<ResetResult> {
  let backup: string | undefined
  const before = async () => {
    if (scope !== 'config') return
    const text = await readFile(instance.paths.config, 'utf8').catch(() => undefined)
    if (text !== undefined) backup = await keepBackup(instance.paths.config, text)
  }
  const outcome = await removePlanned(instance, () => planReset(instance, scope), { ...options, before })
  return { ...outcome, backup }
}
