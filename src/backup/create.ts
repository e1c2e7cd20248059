import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { BackupFile, BackupManifest } from '../../schemas/backup.js'
import { commandFor } from '../instance/profile.js'
import { stagingsIn } from '../instance/swap.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { isWithin, realOf } from '../setup/removal/roots.js'
import { type BackupWish, type Collected, collect, type Skipped } from './collect.js'
import { manifestName } from './read.js'
import { stageFile } from './stage.js'

export interface CreateOptions extends BackupWish {
  /** Absolute: a folder, or the archive itself. */
  readonly output: string
  readonly dryRun?: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Ends it between two files; nothing is left then. */
  readonly signal?: AbortSignal | undefined
}

export interface Created {
  readonly archive: string
  readonly manifest: BackupManifest
  /** Of the archive; 0 for a dry run. */
  readonly bytes: number
  /** Every file that is, or would be, in it. */
  readonly sources: readonly string[]
}

/** As many as a manifest may list (schemas/backup.ts). */
const maxFiles = 500_000

/**
 * Writes one archive of the profile (mode 0600), while its gateway runs or not: everything is copied aside, hashed, and
 * packed; the archive appears under its name when it is complete. Never overwrites. Throws `backup_refused`.
 */
export async function createBackup(instance: Instance, options: CreateOptions): Promise<Created> {
  const [restoring] = await stagingsIn(instance.paths.state)
  if (restoring !== undefined) {
    const fix = commandFor(instance, 'doctor --fix')
    throw refused(`A restore is under way, or did not come to its end (${restoring}). After the latter run: ${fix}`)
  }
  const archive = await archivePath(instance, options)
  const collected = await collect(instance, options)
  if (collected.sources.length === 0) {
    throw refused(`There is nothing to back up in profile "${instance.profile}". Check --profile.`)
  }
  if (Math.max(collected.sources.length, collected.folders.length) > maxFiles) {
    throw refused(`There are more than ${maxFiles} files. Leave the workspaces out with --no-include-workspace.`)
  }
  await checkPlace(instance, archive, collected)
  const sources = collected.sources.map(({ path }) => path)
  if (options.dryRun) return { archive, manifest: manifestOf(instance, options, collected, []), bytes: 0, sources }
  await mkdir(dirname(archive), { recursive: true, mode: 0o700 })
  await removeLeftovers(dirname(archive))
  const staging = join(dirname(archive), `${leftover}${process.pid}-${randomBytes(6).toString('hex')}`)
  await mkdir(staging, { mode: 0o700 })
  try {
    const files: BackupFile[] = []
    const unreadable: Skipped[] = []
    for (const source of collected.sources) {
      if (options.signal?.aborted) throw new GatewayError('cancelled')
      const file = await stageFile(source, staging)
      if (file === 'unreadable') unreadable.push({ path: source.path, why: file })
      else if (file) files.push(file)
    }
    const skipped = [...collected.skipped, ...unreadable]
    const manifest = manifestOf(instance, options, { ...collected, skipped }, files)
    await writeFile(join(staging, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    return { archive, manifest, bytes: await pack(staging, files, archive), sources }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

const leftover = '.openclaw-backup-'

/** What a backup that was killed left: copies of secrets. Those of a process that lives stay. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(leftover))
  for (const name of names) {
    const pid = Number(name.slice(leftover.length).split('-')[0])
    // That of another user of a shared folder is theirs to remove.
    if (!isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** `openclaw-backup-rescue-2026-11-29T22-30-00Z.tar.gz` in the folder, or the name that was given. */
async function archivePath({ profile }: Instance, { output, now }: CreateOptions): Promise<string> {
  const found = await lstat(output).catch(() => undefined)
  if (found && !found.isDirectory()) throw refused(`${output} is there already; a backup is never overwritten.`)
  if (!found && /\.(?:tar\.gz|tgz)$/.test(output)) return output
  const time = new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return join(output, `openclaw-backup-${profile}-${time}.tar.gz`)
}

/** An archive inside of what it holds would be in the next one, and gone with a reset. */
async function checkPlace({ paths }: Instance, archive: string, { workspaces }: Collected): Promise<void> {
  const real = await realOf(archive)
  const inside = await Promise.all([paths.state, ...workspaces].map(realOf))
  const folder = inside.find((path) => isWithin(real, path))
  if (folder) throw refused(`${archive} is inside of what is backed up (${folder}). Give --output elsewhere.`)
  if (await lstat(archive).catch(() => undefined)) throw refused(`${archive} is there already.`)
}

function manifestOf(
  { paths, profile, version }: Instance,
  { onlyConfig, now }: CreateOptions,
  { workspaces, folders, skipped }: Collected,
  files: readonly BackupFile[],
): BackupManifest {
  const { home, state, config, workspace } = paths
  return {
    format: 'openclaw-backup',
    schemaVersion: 1,
    createdAt: new Date(now).toISOString(),
    version,
    profile,
    scope: onlyConfig ? 'config' : 'full',
    paths: { home, state, config, workspace },
    workspaces: [...workspaces],
    files: [...files],
    folders: [...folders],
    skipped: [...skipped],
  }
}

async function pack(staging: string, files: readonly BackupFile[], archive: string): Promise<number> {
  const { create } = await import('tar')
  const packed = join(staging, 'archive.tar.gz')
  const list = [manifestName, ...files.map(({ path }) => path)]
  // The names as they are: one that begins with "@" would be read as another archive.
  const named = list.map((name) => `./${name}`)
  await create({ gzip: true, portable: true, file: packed, cwd: staging, noDirRecurse: true, mode: 0o600 }, named)
  await chmod(packed, 0o600)
  const file = await open(packed, 'r')
  const { size } = await file.stat()
  await file.sync()
  await file.close()
  try {
    // A link, unlike a rename, does not replace what somebody put there meanwhile.
    await link(packed, archive)
  } catch (cause) {
    throw refused(`${basename(archive)} could not be put into ${dirname(archive)}.`, cause)
  }
  return size
}

function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError('backup_refused', { message, cause })
}
