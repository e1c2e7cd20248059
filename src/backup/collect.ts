import type { Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { configLocks } from '../instance/config-locks.js'
import { isOutsideStaging } from '../instance/swap.js'
import type { Instance } from '../instance/types.js'
import { foreignPaths, isLink, isWithin, readableConfig, realOf, workspacesOf } from '../setup/removal/roots.js'
import { isJournal } from './database-file.js'
import { nameProblem } from './read.js'

/** What a backup is asked to hold. */
export interface BackupWish {
  readonly onlyConfig: boolean
  readonly workspace: boolean
}

export interface Source {
  /** Absolute, on disk. */
  readonly path: string
  /** Relative, in the archive, with `/`. */
  readonly name: string
  readonly secret: boolean
}

export interface Skipped {
  readonly path: string
  readonly why: 'link' | 'special' | 'name' | 'other_profile' | 'unreadable'
}

export interface Collected {
  readonly sources: readonly Source[]
  /** Names in the archive of folders without any file. */
  readonly folders: readonly string[]
  readonly workspaces: readonly string[]
  readonly skipped: readonly Skipped[]
}

/** Of one run or one machine: of no use elsewhere, or made again by itself. */
const leftOut = new Set(['locks', 'run', 'logs', 'tmp', 'trash', 'cache', 'completions', 'service'])
/** What a restore or a write leaves for a moment in the state directory. */
const passing = /^\.restore-|^\.[0-9a-f]{12}\.tmp$/

/** Everything of a profile that a restore needs. Reads names, and of files beside a journal the first bytes. */
export async function collect(instance: Instance, { onlyConfig, workspace }: BackupWish): Promise<Collected> {
  const { paths } = instance
  const walk = new Walk(await foreignPaths(instance))
  // What the config and the workspaces are links to is the profile's own.
  const found = await stat(paths.config).catch(() => undefined)
  if (found?.isFile()) walk.sources.push({ path: paths.config, name: 'config/openclaw.json', secret: true })
  else if (await isLink(paths.config)) walk.skipped.push({ path: paths.config, why: 'link' })
  if (onlyConfig) return { ...walk.collected, workspaces: [] }
  const spaces = await existing(workspacesOf(paths, await readableConfig(instance)))
  const usable = await Promise.all(spaces.map((path) => isUsable(path, paths.state)))
  const kept = workspace ? spaces.filter((_, index) => usable[index]) : []
  if (workspace) for (const path of spaces) if (!kept.includes(path)) walk.skipped.push({ path, why: 'link' })
  const own = [paths.config, ...(await configLocks(paths.config))]
  const state = { except: new Set([...own, ...spaces]), secret: true, foreign: await walk.foreignIn(paths.state) }
  for (const name of await names(paths.state)) {
    if (!leftOut.has(name)) await walk.add(join(paths.state, name), `state/${name}`, state)
  }
  for (const [index, path] of kept.entries()) {
    const how = { except: new Set([paths.state, ...own]), secret: false, foreign: await walk.foreignIn(path) }
    await walk.addContents(path, `workspaces/${index}`, how)
  }
  return { ...walk.collected, workspaces: kept }
}

interface How {
  readonly except: ReadonlySet<string>
  readonly secret: boolean
  readonly foreign: readonly string[]
}

class Walk {
  readonly sources: Source[] = []
  readonly folders: string[] = []
  readonly skipped: Skipped[] = []
  readonly #foreign: readonly string[]

  constructor(foreign: readonly string[]) {
    this.#foreign = foreign
  }

  get collected(): Omit<Collected, 'workspaces'> {
    const { sources, folders, skipped } = this
    return { sources, folders, skipped }
  }

  /** Paths of other profiles below a folder. One around it (~/.openclaw around a workspace) does not make it theirs. */
  async foreignIn(folder: string): Promise<readonly string[]> {
    const real = await realOf(folder)
    return this.#foreign.filter((other) => isWithin(other, real) && other !== real)
  }

  async add(path: string, name: string, how: How): Promise<void> {
    const last = basename(path)
    if (how.except.has(path) || isOutsideStaging(last) || (how.secret && passing.test(last))) return
    if (await isJournal(path)) return
    const found = await lstat(path).catch(() => undefined)
    if (!found) return
    // A name that a restore would refuse, on this system or another one, does not go in.
    const problem = nameProblem(name) === undefined ? kindProblem(found) : 'name'
    if (problem) this.skipped.push({ path, why: problem })
    else if (await isForeign(path, how.foreign)) this.skipped.push({ path, why: 'other_profile' })
    else if (found.isDirectory()) await this.#addFolder(path, name, how)
    else this.sources.push({ path, name, secret: how.secret })
  }

  /** Git takes a folder for no repository in which an empty one is missing. */
  async #addFolder(path: string, name: string, how: How): Promise<void> {
    const before = this.sources.length + this.folders.length
    await this.addContents(path, name, how)
    if (this.sources.length + this.folders.length === before) this.folders.push(name)
  }

  async addContents(folder: string, name: string, how: How): Promise<void> {
    try {
      for (const one of await readdir(folder)) await this.add(join(folder, one), `${name}/${one}`, how)
    } catch {
      this.skipped.push({ path: folder, why: 'unreadable' })
    }
  }
}

async function isForeign(path: string, foreign: readonly string[]): Promise<boolean> {
  if (foreign.length === 0) return false
  const real = join(await realOf(dirname(path)), basename(path))
  return foreign.some((other) => isWithin(real, other))
}

/** A link may lead anywhere, and a restore would write through it: only what it points to counts, where that is ours. */
function kindProblem(found: Stats): Skipped['why'] | undefined {
  if (found.isSymbolicLink()) return 'link'
  return found.isFile() || found.isDirectory() ? undefined : 'special'
}

/** A link to something around the state directory would bring all of it in a second time, its locks too. */
async function isUsable(path: string, state: string): Promise<boolean> {
  return !(await isLink(path)) || !isWithin(await realOf(state), await realOf(path))
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)))
  const real = paths.filter((_, index) => found[index]?.isDirectory())
  // One inside of another is in the archive already.
  return real.filter((path) => !real.some((other) => other !== path && isWithin(path, other)))
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort()
}
