import { type ExtraService, extraServices } from '../../service/extra.js'
import type { OpenService } from '../../service/open.js'
import { ownerOf } from '../../service/owner.js'
import { readProfiles } from '../../setup/profiles.js'
import type { CommandContext } from '../context.js'

/** Services of this user that start a gateway which belongs to no profile of this home. */
export async function findExtras({ manager, instance }: OpenService): Promise<ExtraService[]> {
  if (!manager) return []
  const profiles = await readProfiles(instance)
  return extraServices(manager, new Set(profiles.map(({ profile, configPath }) => ownerOf(profile, configPath))))
}

export function extraLines(extras: readonly ExtraService[], { t }: Pick<CommandContext, 't'>): string[] {
  const words = { stale: t('service.status.stale'), foreign: t('service.status.foreign') }
  return extras.map(({ kind, name, path }) => `Extra service: ${name} (${path})\n  ${words[kind]}`)
}
