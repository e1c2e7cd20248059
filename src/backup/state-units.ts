import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { configLocks } from '../instance/config-locks.js'
import { isOutsideStaging } from '../instance/swap.js'
import type { Instance } from '../instance/types.js'
import { foreignPaths, isLink, isWithin, realOf } from '../setup/removal/roots.js'

/** What is not the business of the state units, wherever in the state directory it is. */
export interface Keep {
  /** Config, its locks, and workspaces: as they are named, and really. */
  readonly own: ReadonlySet<string>
  /** Real paths of other profiles. */
  readonly foreign: readonly string[]
}

/** `places`: what is exchanged by itself, and workspaces that the archive does not hold. */
export async function keepOf(instance: Instance, places: readonly string[]): Promise<Keep> {
  const { config } = instance.paths
  const own = [config, ...(await configLocks(config)), ...places]
  return { own: new Set([...own, ...(await Promise.all(own.map(realOf)))]), foreign: await foreignPaths(instance) }
}

/** Folders whose children are exchanged one by one, because something in them may stay. */
const deep = new Set(['agents'])
/** Not in backups, and of use to the machine that they are on. */
const stays = new Set(['locks', 'run', 'logs', 'tmp', 'trash', 'cache', 'completions', 'service'])

/** What is exchanged in a state directory: each target, and what comes in its place. */
export async function stateUnits(fresh: string, state: string, keep: Keep): Promise<[string, string | undefined][]> {
  const units: [string, string | undefined][] = []
  const visit = async (from: string, to: string, depth: number): Promise<void> => {
    const [coming, there] = await Promise.all([namesIn(from), namesIn(to)])
    for (const name of new Set([...coming, ...there])) {
      const target = join(to, name)
      if (depth === 0 && (stays.has(name) || name.startsWith('.restore-') || isOutsideStaging(name))) continue
      const real = await realOf(target)
      if (mustStay(target, real, keep) || (isUsualWorkspace(target, depth) && !coming.includes(name))) continue
      const agents = (depth === 0 && deep.has(name)) || (depth === 1 && deep.has(basename(to)))
      if (agents || holdsKept(target, real, keep)) {
        // Through a link the way leads out of the profile.
        if (!(await isLink(target))) await visit(join(from, name), target, depth + 1)
      } else units.push([target, coming.includes(name) ? join(from, name) : undefined])
    }
  }
  await visit(fresh, state, 0)
  return units
}

function mustStay(target: string, real: string, { own, foreign }: Keep): boolean {
  if (own.has(target) || own.has(real)) return true
  return foreign.some((other) => isWithin(real, other) && !isWithin(dirname(real), other))
}

/** Also of an agent that no config names any more. */
function isUsualWorkspace(target: string, depth: number): boolean {
  if (basename(target) !== 'workspace') return false
  return depth === 0 || (depth === 2 && basename(dirname(dirname(target))) === 'agents')
}

/** A folder that goes with a rename would take all that is deeper in it along. */
function holdsKept(target: string, real: string, { own, foreign }: Keep): boolean {
  return [...own, ...foreign].some((path) => isWithin(path, target) || isWithin(path, real))
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => [])
}
