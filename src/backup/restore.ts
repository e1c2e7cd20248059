import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { BackupManifest } from '../../schemas/backup.js'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/types.js'
import { acquireLocks } from '../instance/lock.js'
import { isThere, stagingBeside, stagingIn, swapAll, type Unit } from '../instance/swap.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { checkState, isWithin, readableConfig, workspacesOf } from '../setup/removal/roots.js'
import { type Place, placesOf } from './places.js'
import { readArchive } from './read.js'
import { type Move, type Rewritten, rewriteConfig } from './rewrite.js'
import { keepOf, stateUnits } from './state-units.js'

export interface Restored {
  readonly manifest: BackupManifest
  readonly places: readonly Place[]
  /** Workspaces that were not touched, since they are outside of the profile and not empty. */
  readonly left: readonly string[]
  /** What became of the keys that name places of the old profile. */
  readonly rewritten: Rewritten
  /** Staging folders of an earlier restore that a crash had interrupted, and that was taken back. */
  readonly recovered: readonly string[]
}

const noneRewritten: Rewritten = { changed: [], refused: [] }

/** What a restore would do; only reads. Throws `backup_invalid` and `removal_refused`. */
export async function planRestore(instance: Instance, archive: string): Promise<Restored> {
  await checkState(instance)
  const manifest = await readArchive(archive)
  return { manifest, ...(await placesOf(instance, manifest)), rewritten: noneRewritten, recovered: [] }
}

/**
 * Puts a backup in place of what the profile holds. The archive is read and checked into a folder beside it, then old
 * and new are exchanged by renames under the locks of the profile; until the last of them the old state can come back.
 * `signal` ends it before the exchange. Throws `lock_held` while a gateway runs, `backup_invalid`, `backup_refused`; then everything is as it was.
 */
export async function restoreBackup(instance: Instance, archive: string, signal?: AbortSignal): Promise<Restored> {
  const { paths } = instance
  await checkState(instance)
  // Before anything is made: a file that is no backup leaves no trace.
  await readArchive(archive)
  const held = await acquireLocks(instance)
  const id = randomBytes(6).toString('hex')
  const stagings = new Set<string>()
  try {
    const staging = await stagingIn(paths.state, id)
    stagings.add(staging)
    const fresh = join(staging, 'new')
    await mkdir(fresh, { mode: 0o700 })
    const manifest = await readArchive(archive, fresh)
    await setModes(fresh, manifest)
    const { places, left } = await placesOf(instance, manifest)
    const moves: Move[] = [
      { from: manifest.paths.state, to: paths.state },
      ...places.flatMap(({ move }) => (move ? [move] : [])),
    ]
    const rewritten = await rewriteStaged(fresh, manifest, instance, moves)
    const units = await unitsOf(instance, manifest, places, { staging, fresh, stagings })
    // The exchange itself takes moments and is not left in the middle.
    if (signal?.aborted) throw new GatewayError('cancelled')
    await swapAll(units, staging)
    await chmod(paths.state, 0o700)
    return { manifest, places, left, rewritten, recovered: held.recovered }
  } finally {
    for (const path of stagings) await rm(path, { recursive: true, force: true })
    held.release()
  }
}

/** Edits the staged config where its includes are, which are named relative to it. */
async function rewriteStaged(
  fresh: string,
  manifest: BackupManifest,
  instance: Instance,
  moves: readonly Move[],
): Promise<Rewritten> {
  const { state, config } = manifest.paths
  const place = join(fresh, 'config', 'openclaw.json')
  if (!existsSync(place)) return noneRewritten
  const inside = isWithin(config, state) ? join(fresh, 'state', relative(state, config)) : place
  await mkdir(dirname(inside), { recursive: true, mode: 0o700 })
  await rename(place, inside)
  try {
    return await rewriteConfig(inside, manifest, instance, moves)
  } finally {
    await rename(inside, place)
  }
}

async function setModes(folder: string, { files }: BackupManifest): Promise<void> {
  for (const { path, mode, secret } of files) {
    // Never more open than it was, and what holds secrets is the user's alone.
    const permissions = secret ? mode & 0o700 : mode & 0o755
    await chmod(join(folder, ...path.split('/')), permissions | 0o600)
  }
}

interface Staged {
  readonly staging: string
  readonly fresh: string
  /** Folders to remove at the end; grows. */
  readonly stagings: Set<string>
}

async function unitsOf(
  instance: Instance,
  manifest: BackupManifest,
  places: readonly Place[],
  { staging, fresh, stagings }: Staged,
): Promise<Unit[]> {
  const { paths } = instance
  const units: Unit[] = []
  const near = async (target: string) => {
    if (isWithin(target, paths.state)) return staging
    const beside = await stagingBeside(staging, dirname(target))
    stagings.add(beside)
    return beside
  }
  const add = async (target: string, staged: string | undefined) => {
    if (staged === undefined && !isThere(target)) return
    units.push({ target, staged, old: join(await near(target), 'old', String(units.length)) })
  }
  // What is deeper comes later, so that it is not taken away again with what is around it.
  for (const { target, name } of places.toSorted((a, b) => a.target.length - b.target.length)) {
    if (name === 'state') continue
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const staged = join(fresh, ...name.split('/'))
    if (!existsSync(staged)) await mkdir(staged, { recursive: true, mode: 0o700 })
    await add(target, isWithin(target, paths.state) ? staged : await moveOver(staged, target, await near(target)))
  }
  if (manifest.scope === 'full') {
    const coming = places.filter(({ name }) => name !== 'state').map(({ target }) => target)
    const spaces = [await readableConfig(instance), await stagedConfig(fresh)].flatMap((one) =>
      workspacesOf(paths, one),
    )
    const keep = await keepOf(instance, [...coming, ...spaces])
    for (const [target, staged] of await stateUnits(join(fresh, 'state'), paths.state, keep)) await add(target, staged)
  }
  return units
}

/** The config that is to come: where its workspaces are, something may be that the archive does not hold. */
async function stagedConfig(fresh: string): Promise<Config> {
  const loaded = await loadConfig({ path: join(fresh, 'config', 'openclaw.json'), env: {}, includeRoots: [] })
  return loaded.ok ? loaded.config : {}
}

/** Copies what is staged to the file system of its target, where a rename is one step. */
async function moveOver(staged: string, target: string, beside: string): Promise<string> {
  const { cp } = await import('node:fs/promises')
  const near = join(beside, basename(target))
  await cp(staged, near, { recursive: true, preserveTimestamps: true })
  return near
}
