import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readDefinition } from './definition-file.js'
import { ownerIn } from './owner.js'
import type { ServiceManager } from './types.js'

/** A definition that starts a gateway, but not that of a profile that is here. */
export interface ExtraService {
  readonly name: string
  readonly path: string
  /** stale: made by us for a profile or config that is gone. foreign: made by hand or by another tool. */
  readonly kind: 'stale' | 'foreign'
}

const named = /^(?:openclaw.*\.service|ai\.openclaw\..*\.plist)$/i
/** A name alone proves nothing: a tunnel to a gateway may be called like one. */
const startsGateway = /\bopenclaw\b[\s\S]*\bgateway\b/i

/**
 * Looks through the folder of the manager for services beside those of the given owners. Windows has no such folder,
 * so none are found there. Never rejects.
 */
export async function extraServices(
  { kind, paths }: ServiceManager,
  owners: ReadonlySet<string>,
): Promise<ExtraService[]> {
  const [own = ''] = paths
  if (kind === 'schtasks') return []
  const names = await readdir(dirname(own)).catch((): string[] => [])
  const found = names
    .filter((name) => named.test(name) && name !== basename(own))
    .sort()
    .map(async (name): Promise<ExtraService[]> => {
      const path = join(dirname(own), name)
      const text = (await readDefinition(path)) ?? ''
      const owner = ownerIn(text)
      if (owner !== undefined) return owners.has(owner) ? [] : [{ name, path, kind: 'stale' }]
      return startsGateway.test(text) ? [{ name, path, kind: 'foreign' }] : []
    })
  return (await Promise.all(found)).flat()
}
