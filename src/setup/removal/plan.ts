import { existsSync, lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Instance } from '../../instance/types.js'
import { databaseFiles } from '../../storage/database-files.js'
import { checkState, foreignPaths, isWithin, readableConfig, realOf, usualWorkspace, workspacesOf } from './roots.js'
import type { Kept, Removal, RemovalKind, RemovalPlan, ResetScope } from './types.js'

/** Held while everything else goes; see remove.ts. */
const lockNames = (instance: Instance) => ['locks', `.${basename(instance.paths.config)}.lock`]

/** What a reset of this scope removes: exactly these paths. Throws `removal_refused`. */
export async function planReset(instance: Instance, scope: ResetScope): Promise<RemovalPlan> {
  const list = await openList(instance)
  await addConfig(list, instance, scope !== 'config')
  if (scope !== 'config') await addSecretsAndSessions(list, instance)
  if (scope === 'full') {
    await addState(list, instance)
    await addWorkspaces(list, instance, true)
    await addLogs(list, instance)
  }
  return list
}

export interface UninstallWish {
  readonly state: boolean
  readonly workspace: boolean
}

/** What an uninstall removes besides the service. `state` keeps the workspace unless that is asked for too. */
export async function planUninstall(instance: Instance, { state, workspace }: UninstallWish): Promise<RemovalPlan> {
  const list = await openList(instance)
  if (state) {
    await addConfig(list, instance, true)
    await addState(list, instance)
    await addLogs(list, instance)
  }
  await addWorkspaces(list, instance, workspace)
  return list
}

async function openList(instance: Instance): Promise<List> {
  await checkState(instance)
  return new List(instance, await foreignPaths(instance), await realOf(usualWorkspace(instance)))
}

/** Collects paths; nothing of another profile gets onto it. */
class List implements RemovalPlan {
  readonly remove: Removal[] = []
  readonly keep: Kept[] = []
  readonly #foreign: readonly string[]
  readonly #workspace: string
  readonly #locks: readonly string[]
  #around: readonly string[] = []

  constructor(instance: Instance, foreign: readonly string[], workspace: string) {
    this.#foreign = foreign
    this.#workspace = workspace
    this.#locks = lockNames(instance)
  }

  /** What stays, without a word: whether they go is decided apart. */
  goAround(paths: readonly string[]): void {
    this.#around = paths
  }

  /** Adds what exists. A folder that holds something that stays is taken apart, so that only that stays. */
  async add(path: string, kind: RemovalKind): Promise<void> {
    if (!lstatSync(path, { throwIfNoEntry: false }) || this.has(path)) return
    const real = await realOf(path)
    const foreign = this.#foreignFor(real)
    if (foreign.some((other) => isWithin(real, other))) return this.#keepOnce(path, 'other_profile')
    const isLink = lstatSync(path).isSymbolicLink()
    if (this.#around.some((other) => path === other || (!isLink && isWithin(real, other)))) return
    const holds = (others: readonly string[]) => others.some((other) => isWithin(other, real) || isWithin(other, path))
    if (!holds(foreign) && (isLink || !holds(this.#around))) {
      this.remove.push({ path, kind })
      return
    }
    if (isLink) return this.#keepOnce(path, 'other_profile')
    for (const name of await readdir(path)) await this.add(join(path, name), kind)
  }

  /** The usual workspace of a named profile is inside the state directory of the default one, and still its own. */
  #foreignFor(real: string): readonly string[] {
    if (!isWithin(real, this.#workspace)) return this.#foreign
    return this.#foreign.filter((other) => other === this.#workspace || !isWithin(this.#workspace, other))
  }

  async addContents(folder: string, kind: RemovalKind): Promise<void> {
    const names = await readdir(folder).catch((): string[] => [])
    for (const name of names.sort()) if (!this.#locks.includes(name)) await this.add(join(folder, name), kind)
  }

  /** True when it goes already, by itself or with a folder above it. */
  has(path: string): boolean {
    return this.remove.some((one) => isWithin(path, one.path))
  }

  #keepOnce(path: string, why: Kept['why']): void {
    if (!this.keep.some((one) => one.path === path)) this.keep.push({ path, why })
  }

  keepAs(path: string, why: Kept['why']): void {
    if (existsSync(path) && !this.has(path)) this.#keepOnce(path, why)
  }
}

/** The file itself; with its copies only where the secrets in them are to go too. */
async function addConfig(list: List, { paths }: Instance, copies: boolean): Promise<void> {
  await list.add(paths.config, 'config')
  if (!copies) return
  const own = `${basename(paths.config)}.`
  const names = await readdir(dirname(paths.config)).catch((): string[] => [])
  const isCopy = (name: string) => /^(bak(\.\d)?|last-good|rejected\..+|lock)$/.test(name.slice(own.length))
  for (const name of names.sort()) {
    if (name.startsWith(own) && isCopy(name)) await list.add(join(dirname(paths.config), name), 'config')
  }
}

async function addSecretsAndSessions(list: List, { paths }: Instance): Promise<void> {
  await list.add(paths.credentials, 'credentials')
  for (const path of databaseFiles(paths.database)) await list.add(path, 'sessions')
  await list.add(join(paths.state, 'exec-approvals.json'), 'credentials')
  await list.add(join(paths.state, 'gateway'), 'credentials')
  for (const name of ['cli', 'restart-sentinel.json']) await list.add(join(paths.state, name), 'sessions')
  const agents = join(paths.state, 'agents')
  for (const agent of await readdir(agents).catch((): string[] => [])) {
    await list.add(join(agents, agent, 'agent'), 'credentials')
    await list.add(join(agents, agent, 'sessions'), 'sessions')
  }
  list.keepAs(join(paths.state, '.env'), 'not_asked')
}

/** Everything in the state directory but the workspaces, which are asked for apart. */
async function addState(list: List, instance: Instance): Promise<void> {
  const { state } = instance.paths
  list.goAround(await spacesIn(state, instance))
  await list.addContents(state, 'state')
  list.goAround([])
}

/** Where workspaces are below a folder, as they are named and really. One around it stays anyhow. */
async function spacesIn(folder: string, instance: Instance): Promise<string[]> {
  const spaces = workspacesOf(instance.paths, await readableConfig(instance))
  const [real, ...reals] = await Promise.all([folder, ...spaces].map(realOf))
  const below = (path: string, top: string) => path !== top && isWithin(path, top)
  return [...spaces.filter((path) => below(path, folder)), ...reals.filter((path) => below(path, real ?? folder))]
}

async function addWorkspaces(list: List, instance: Instance, asked: boolean): Promise<void> {
  const { paths } = instance
  const [state, usual] = await Promise.all([realOf(paths.state), realOf(usualWorkspace(instance))])
  for (const path of workspacesOf(paths, await readableConfig(instance))) {
    const real = await realOf(path)
    const own = isWithin(real, usual) || (isWithin(real, state) && real !== state)
    if (!own) list.keepAs(path, 'outside')
    else if (asked) await list.add(path, 'workspace')
    else list.keepAs(path, 'not_asked')
  }
}

/** `openclaw-2026-11-29.log` of this profile; `openclaw-rescue-…` is of another one. */
async function addLogs(list: List, { paths }: Instance): Promise<void> {
  const names = await readdir(paths.logDir).catch((): string[] => [])
  const own = (name: string) =>
    name.startsWith(`${paths.logPrefix}-`) &&
    /^\d{4}-\d{2}-\d{2}(\.\d+)?\.log(\.\d+|\.gz)*$/.test(name.slice(paths.logPrefix.length + 1))
  for (const name of names.filter(own).sort()) await list.add(join(paths.logDir, name), 'log')
}
