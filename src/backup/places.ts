import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupManifest } from '../../schemas/backup.js'
import type { Instance } from '../instance/types.js'
import { isWithin, usualWorkspace } from '../setup/removal/roots.js'
import type { Move } from './rewrite.js'

/** Where a part of an archive goes. */
export interface Place {
  /** Its folder or file in the archive. */
  readonly name: string
  readonly target: string
  /** Set when it was elsewhere before. */
  readonly move: Move | undefined
}

/**
 * Config and state go to the profile's own places, its own workspaces too. A workspace elsewhere comes back to where it
 * was, but only into an empty place: what is there now is nobody's to replace.
 */
export async function placesOf(
  instance: Instance,
  manifest: BackupManifest,
): Promise<{ readonly places: readonly Place[]; readonly left: readonly string[] }> {
  const { paths } = instance
  const places: Place[] = []
  const left: string[] = []
  const has = (start: string) => manifest.files.some(({ path }) => path.startsWith(start))
  if (has('config/')) places.push({ name: 'config/openclaw.json', target: paths.config, move: undefined })
  if (manifest.scope === 'full') places.push({ name: 'state', target: paths.state, move: undefined })
  for (const [index, from] of manifest.workspaces.entries()) {
    const to = targetOf(from, instance, manifest)
    // One around the state directory holds what is not in the archive, and the locks of this very restore.
    const around = isWithin(paths.state, to)
    const own = isWithin(to, paths.state) || to === usualWorkspace(instance) || to === paths.workspace
    if ((around || !own) && (await holdsSomething(to))) left.push(to)
    else places.push({ name: `workspaces/${index}`, target: to, move: to === from ? undefined : { from, to } })
  }
  return { places, left }
}

function targetOf(from: string, { paths }: Instance, { paths: before }: BackupManifest): string {
  if (from === before.workspace) return paths.workspace
  return isWithin(from, before.state) ? join(paths.state, from.slice(before.state.length)) : from
}

async function holdsSomething(folder: string): Promise<boolean> {
  return (await readdir(folder).catch((): string[] => [])).length > 0
}
