import { copyFile, rm } from 'node:fs/promises'
import { GatewayError } from '../kernel/errors.js'
import { writeDefinition } from './definition-file.js'
import { ownerIn } from './owner.js'
import type { ServiceManager, ServiceSpec } from './types.js'

/** What stands where our definition belongs. */
export type Standing =
  | 'absent'
  /** Exactly what would be written now. */
  | 'same'
  /** Ours, but of other paths or another version, or edited. */
  | 'differs'
  /** Of another profile or config file. */
  | 'other'
  /** Not made by us. */
  | 'foreign'

export interface Applied {
  readonly before: Standing
  readonly files: readonly string[]
  /** Where the definition went that was replaced. */
  readonly backup: string | undefined
}

/** Compares what is installed with what would be. Throws what `files` throws. */
export async function standingOf(manager: ServiceManager, spec: ServiceSpec): Promise<Standing> {
  const text = await manager.installed()
  if (text === undefined) return 'absent'
  if (text === manager.files(spec)[0]?.text) return 'same'
  const owner = ownerIn(text)
  if (owner === undefined) return 'foreign'
  return owner === spec.owner ? 'differs' : 'other'
}

/** True when the definition that is there is this gateway's own. */
export async function isOwn(manager: ServiceManager, owner: string): Promise<boolean> {
  const text = await manager.installed()
  return text !== undefined && ownerIn(text) === owner
}

/** Throws `service_conflict` when `installService` would; writes nothing. */
export async function checkConflict(
  manager: ServiceManager,
  spec: ServiceSpec,
  { force }: { readonly force: boolean },
): Promise<Standing> {
  const before = await standingOf(manager, spec)
  if (before === 'other' || ((before === 'differs' || before === 'foreign') && !force)) {
    throw conflict(before, manager, spec.madeBy)
  }
  return before
}

/**
 * Writes the definition and makes the manager read it; neither starts nor stops anything that is not replaced. Repeated,
 * it changes nothing. What differs is replaced with `force` only, and then kept beside the new one as `.bak`; the
 * definition of another profile never. Throws `service_conflict` or `service_failed`; then everything is as it was.
 */
export async function installService(
  manager: ServiceManager,
  spec: ServiceSpec,
  { force }: { readonly force: boolean },
): Promise<Applied> {
  const files = manager.files(spec)
  const before = await checkConflict(manager, spec, { force })
  const [main] = manager.paths
  const backup = before === 'differs' || before === 'foreign' ? `${main}.bak` : undefined
  if (main !== undefined && backup !== undefined) await copyFile(main, backup)
  if (before !== 'same') for (const file of files) await writeDefinition(file)
  try {
    if (before !== 'same') await manager.register()
  } catch (error) {
    if (before === 'absent') for (const { path } of files) await rm(path, { force: true })
    else if (main !== undefined && backup !== undefined) await copyFile(backup, main)
    throw error
  }
  return { before, files: files.map(({ path }) => path), backup }
}

/** Ends the service and removes its definition; the state of the gateway stays. False when there was none. */
export async function uninstallService(
  manager: ServiceManager,
  owner: string,
  { force }: { readonly force: boolean },
): Promise<boolean> {
  const text = await manager.installed()
  if (text === undefined) return false
  const found = ownerIn(text)
  if (found !== owner && !(found === undefined && force)) {
    throw conflict(found === undefined ? 'foreign' : 'other', manager)
  }
  await manager.unregister()
  for (const path of manager.paths) await rm(path, { force: true })
  await manager.forgotten()
  return true
}

function conflict(
  kind: 'differs' | 'other' | 'foreign',
  { name, paths }: ServiceManager,
  madeBy = 'gateway install',
): GatewayError {
  const path = paths[0] ?? name
  const words = {
    differs: 'It is not what would be written now (another Node, another version, or edited by hand).',
    foreign: `It was not made by "openclaw ${madeBy}".`,
    other: 'It belongs to another profile or config file, and is never replaced.',
  }
  const next = { differs: `${madeBy} --force`, foreign: `${madeBy} --dry-run`, other: undefined }[kind]
  return new GatewayError('service_conflict', {
    message: `${name} is defined already (${path}). ${words[kind]}`,
    details: { kind, path, values: { name, path, command: madeBy }, ...(next && { next }) },
  })
}
