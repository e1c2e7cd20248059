import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { BackupManifest } from '../../schemas/backup.js'
import { acquireLocks } from '../instance/lock.js'
import { stagingIn, swapAll, type Unit } from '../instance/swap.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { checkState, foreignPaths, isWithin, readableConfig, realOf, workspacesOf } from '../setup/removal/roots.js'
import { type Place, placesOf } from './places.js'
import { readArchive } from './read.js'
import { type Move, type Rewritten, rewriteConfig } from './rewrite.js'

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
    const units = await unitsOf(instance, manifest, places, { fresh, id, stagings })
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
  readonly fresh: string
  readonly id: string
  /** Folders to remove at the end; grows. */
  readonly stagings: Set<string>
}

async function unitsOf(
  instance: Instance,
  manifest: BackupManifest,
  places: readonly Place[],
  { fresh, id, stagings }: Staged,
): Promise<Unit[]> {
  const { paths } = instance
  const units: Unit[] = []
  const aside = async (target: string) => {
    const staging = await stagingIn(isWithin(target, paths.state) ? paths.state : dirname(target), id)
    stagings.add(staging)
    return join(staging, 'old', String(units.length))
  }
  const add = async (target: string, staged: string | undefined) => {
    if (staged !== undefined || existsSync(target)) units.push({ target, staged, old: await aside(target) })
  }
  for (const { target, name } of places) {
    if (name === 'state') continue
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const staged = join(fresh, ...name.split('/'))
    if (!existsSync(staged)) await mkdir(staged, { recursive: true, mode: 0o700 })
    await add(target, isWithin(target, paths.state) ? staged : await moveOver(staged, target, id, stagings))
  }
  if (manifest.scope === 'full') {
    const foreign = await foreignPaths(instance)
    const coming = places.filter(({ name }) => name.startsWith('workspaces/')).map(({ target }) => target)
    const spaces = [...coming, ...workspacesOf(paths, await readableConfig(instance))]
    for (const [target, staged] of await stateUnits(join(fresh, 'state'), paths.state, {
      foreign,
      spaces,
      config: paths.config,
    })) {
      await add(target, staged)
    }
  }
  return units
}

/** Copies what is staged to the file system of its target, where a rename is one step. */
async function moveOver(staged: string, target: string, id: string, stagings: Set<string>): Promise<string> {
  const { cp } = await import('node:fs/promises')
  const staging = await stagingIn(dirname(target), id)
  stagings.add(staging)
  const near = join(staging, basename(target))
  await cp(staged, near, { recursive: true, preserveTimestamps: true })
  return near
}

/** Folders whose children are exchanged one by one, because something in them may stay. */
const deep = new Set(['agents'])
/** Not in backups, and of use to the machine that they are on. */
const stays = new Set(['locks', 'run', 'logs', 'tmp', 'trash', 'cache', 'completions', 'service'])

interface Keep {
  readonly foreign: readonly string[]
  readonly spaces: readonly string[]
  readonly config: string
}

async function stateUnits(fresh: string, state: string, keep: Keep): Promise<[string, string | undefined][]> {
  const units: [string, string | undefined][] = []
  const visit = async (from: string, to: string, depth: number): Promise<void> => {
    const [coming, there] = await Promise.all([namesIn(from), namesIn(to)])
    for (const name of new Set([...coming, ...there])) {
      const target = join(to, name)
      if (await mustStay(target, name, depth, keep)) continue
      const goesDeeper = (depth === 0 && deep.has(name)) || (depth === 1 && deep.has(basename(to)))
      if (goesDeeper) await visit(join(from, name), target, depth + 1)
      else units.push([target, coming.includes(name) ? join(from, name) : undefined])
    }
  }
  await visit(fresh, state, 0)
  return units
}

async function mustStay(
  target: string,
  name: string,
  depth: number,
  { foreign, spaces, config }: Keep,
): Promise<boolean> {
  if (depth === 0 && (stays.has(name) || name.startsWith('.restore-') || name.endsWith('.lock'))) return true
  if (target === config || name === 'workspace' || spaces.includes(target)) return true
  const real = await realOf(target)
  return foreign.some((other) => isWithin(other, real) || (isWithin(real, other) && !isWithin(dirname(real), other)))
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => [])
}
