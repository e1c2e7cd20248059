import { access, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { devProfile, suffixed } from '../instance/profile.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { databaseFiles } from '../storage/database-files.js'
import { type SetupResult, setUpProfile } from './setup.js'

/**
 * Makes the config and the workspace of a development gateway when there is no config yet. `reset` empties the `dev`
 * profile first; any other profile is refused (`usage`), because it would be somebody's data.
 */
export async function setUpDev(
  instance: Instance,
  { reset = false }: { readonly reset?: boolean } = {},
): Promise<Pick<SetupResult, 'newToken'>> {
  if (reset) await wipe(instance)
  const exists = await access(instance.paths.config).then(
    () => true,
    () => false,
  )
  return exists ? { newToken: undefined } : setUpProfile(instance)
}

async function wipe({ profile, paths }: Instance): Promise<void> {
  if (profile !== devProfile) throw new GatewayError('usage', { message: 'Use --reset with --dev.' })
  const { state, home, config, workspace, database, credentials } = paths
  const usualWorkspace = join(home, '.openclaw', suffixed('workspace', devProfile))
  // A config or workspace that a variable puts elsewhere is not ours to delete.
  const ours = (path: string) => path.startsWith(state + sep) || path === usualWorkspace
  const all = [config, ...databaseFiles(database), credentials, workspace]
  for (const path of all.filter(ours)) await rm(path, { recursive: true, force: true })
}
