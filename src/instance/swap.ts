import { lstatSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'

/** One path that is exchanged. All three are on one file system, since they are below one folder. */
export interface Unit {
  readonly target: string
  /** What comes; undefined: the target only goes. */
  readonly staged: string | undefined
  /** Where the target of now waits until all is done. */
  readonly old: string
}

const stagingPrefix = '.restore-'
/** Not the one above: the folder may be the state directory of another profile, which takes back only its own. */
const outsidePrefix = '.openclaw-restore-'
const journalName = 'journal.json'
const outsideName = 'outside.json'

/** A folder for what comes and what goes, inside of the state directory. */
export async function stagingIn(state: string, id: string): Promise<string> {
  const path = join(state, `${stagingPrefix}${id}`)
  await mkdir(join(path, 'old'), { recursive: true, mode: 0o700 })
  return path
}

/** The same beside targets outside of the state directory. `staging` remembers it, so that a crash leaves none behind. */
export async function stagingBeside(staging: string, folder: string): Promise<string> {
  const path = join(folder, `${outsidePrefix}${idOf(staging)}`)
  const known = await outsideOf(staging)
  if (!known.includes(path)) await writeAtomic(join(staging, outsideName), JSON.stringify([...known, path]))
  await mkdir(join(path, 'old'), { recursive: true, mode: 0o700 })
  return path
}

/** True for the name of a folder in which some profile stages what is outside of its state directory. */
export function isOutsideStaging(name: string): boolean {
  return name.startsWith(outsidePrefix)
}

/** Also true for a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/**
 * Exchanges all units or none: each old one is set aside by a rename, each new one put in place by a rename, and any
 * failure takes all of it back. The journal is on disk before the first rename, so that `recoverSwaps` can do so after
 * a crash. The old ones are removed at the end.
 */
export async function swapAll(units: readonly Unit[], journalFolder: string): Promise<void> {
  const journal = join(journalFolder, journalName)
  await writeAtomic(journal, JSON.stringify(units))
  try {
    for (const { target, staged, old } of units) {
      if (isThere(target)) await rename(target, old)
      if (staged === undefined) continue
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await rename(staged, target)
    }
  } catch (cause) {
    await takeBack(units)
    await rm(journal, { force: true })
    throw new GatewayError('backup_refused', {
      message: `The restore failed and was taken back: ${reasonOf(cause)}.`,
      cause,
    })
  }
  // From here on the new state counts.
  await rm(journal)
}

async function takeBack(units: readonly Unit[]): Promise<void> {
  for (const { target, staged, old } of units.toReversed()) {
    const arrived = staged !== undefined && !isThere(staged) && isThere(target)
    if (arrived) await rename(target, staged)
    if (isThere(old)) await rename(old, target)
  }
}

/** Folders in a state directory of a restore that is under way, or that a crash ended. */
export async function stagingsIn(state: string): Promise<string[]> {
  const names = await readdir(state).catch((): string[] => [])
  return names.filter((name) => name.startsWith(stagingPrefix)).map((name) => join(state, name))
}

/**
 * Takes back a restore that a crash interrupted. Gives the folders that it cleaned up. Called under the locks by whoever
 * takes them (lock.ts).
 */
export async function recoverSwaps(state: string): Promise<string[]> {
  const found = await stagingsIn(state)
  for (const folder of found) {
    const text = await readFile(join(folder, journalName), 'utf8').catch(() => undefined)
    const units = text === undefined ? [] : unitsIn(text, folder)
    await takeBack(units)
    const outside = [...(await outsideOf(folder)), ...units.map(({ old }) => dirname(dirname(old)))]
    for (const path of outside) await rm(path, { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }
  return found
}

async function outsideOf(staging: string): Promise<string[]> {
  const text = await readFile(join(staging, outsideName), 'utf8').catch(() => '[]')
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter((path) => typeof path === 'string' && isStagingOf(path, staging)) : []
}

/** A journal is of our own making; still no path of it is used that does not look like one. */
function unitsIn(text: string, folder: string): Unit[] {
  const value: unknown = JSON.parse(text)
  const units = Array.isArray(value) ? (value as Unit[]) : []
  return units.filter(
    ({ target, old }) =>
      typeof target === 'string' && typeof old === 'string' && isStagingOf(dirname(dirname(old)), folder),
  )
}

const idOf = (staging: string): string => basename(staging).slice(stagingPrefix.length)

/** Beside targets outside it had the same name once. */
function isStagingOf(path: string, staging: string): boolean {
  const name = basename(path)
  return name === basename(staging) || name === `${outsidePrefix}${idOf(staging)}`
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
