import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isInside } from '../tools/_files/inside.js'
import { type Bind, parseBind, refusedBind } from './bind.js'
import type { DockerConfig } from './settings.js'

/** Folders of the system that no sandbox gets, nor anything below or above them (spec/runtime.md 5). */
const systemFolders = ['/etc', '/proc', '/sys', '/dev', '/root', '/boot', '/run', '/var/run']
const secretFolders = ['.ssh', '.aws', '.gnupg', '.config', '.docker', '.npm', '.cargo', '.netrc', '.kube', '.azure']
const reservedTargets = ['/workspace', '/agent']

export interface BindPlaces {
  readonly home: string
  readonly state: string
  readonly config: string
  /** Folders that need no flag: the workspace and the sandboxes' own. */
  readonly roots: readonly string[]
  /** The agent's workspace, where the sandbox may write to it. */
  readonly shared?: { readonly at: string; readonly folder: string } | undefined
}

/**
 * The bind mounts of the config, each with its real source. A source is checked as it is written and again as it really
 * is, links followed as far as the path exists. Throws `sandbox_refused`.
 */
export async function guardedBinds(docker: DockerConfig, places: BindPlaces): Promise<readonly Bind[]> {
  const { shared } = places
  const binds = await Promise.all((docker.binds ?? []).map((text) => guarded(text, docker, places)))
  const writable = binds.filter((bind) => bind.writable).map(({ source, target }) => ({ folder: source, at: target }))
  const own = shared ? [{ at: shared.at, folder: await realOf(shared.folder) }] : []
  for (const bind of binds) refuseMovable(bind, [...own, ...writable])
  return binds
}

/**
 * What lies in a folder that the sandbox may write to can become a link while it is mounted for the next command. Not so
 * at its own place right below that folder: there it is a mount, which nobody inside can move.
 */
function refuseMovable({ source, target }: Bind, writable: readonly { at: string; folder: string }[]): void {
  const holder = writable.find(
    ({ at, folder }) =>
      folder !== source &&
      isInside(folder, source) &&
      !(dirname(source) === folder && target === join(at, basename(source))),
  )
  if (holder) {
    throw refusedBind(
      `${source}:${target}`,
      `it lies in ${holder.folder}, where the sandbox could put a link in its place; move it out of there`,
    )
  }
}

async function guarded(text: string, docker: DockerConfig, places: BindPlaces): Promise<Bind> {
  const bind = parseBind(text)
  const roots = await Promise.all(places.roots.map(realOf))
  const source = await realOf(bind.source)
  const inRoot = roots.some((root) => isInside(root, source))
  const all = await closedPlaces(places)
  // Workspaces usually stand in the state directory, which is closed otherwise.
  const closed = inRoot ? all.filter(({ path, secret }) => secret || !isInside(path, source)) : all
  for (const path of [bind.source, source]) refuse(text, path, closed)
  const reserved = reservedTargets.find((folder) => isInside(folder, bind.target) || isInside(bind.target, folder))
  if (reserved !== undefined && !docker.dangerouslyAllowReservedContainerTargets) {
    throw refusedBind(text, `${reserved} is reserved for the workspace`)
  }
  if (!docker.dangerouslyAllowExternalBindSources && !inRoot) {
    throw refusedBind(
      text,
      'its source is outside the workspaces; set docker.dangerouslyAllowExternalBindSources if that is meant',
    )
  }
  return { ...bind, source }
}

/**
 * A workspace that is mounted whole must not hold what no sandbox gets: somebody who works in `~` would hand over
 * `~/.ssh`. Throws `sandbox_refused`.
 */
export async function guardWorkspace(workspace: string, places: Omit<BindPlaces, 'roots'>): Promise<void> {
  const real = await realOf(workspace)
  const hit = (await closedPlaces(places)).find(({ path }) => isInside(real, path))
  const secret = secretFolders.find((name) => isInside(join(places.home, name), real))
  if (!hit && secret === undefined) return
  throw refusedBind(real, hit ? `as a workspace it holds ${hit.path}: ${hit.why}` : `~/${secret} holds credentials`)
}

interface Closed {
  readonly path: string
  readonly why: string
  /** Closed wherever it is. */
  readonly secret: boolean
}

/** As written and as they really are: /var/run is a link on most systems, and a home folder may be one. */
async function closedPlaces({ home, state, config }: Omit<BindPlaces, 'roots'>): Promise<readonly Closed[]> {
  const named: Closed[] = [
    ...systemFolders.map((path) => ({ path, why: `${path} belongs to the system`, secret: false })),
    ...secretFolders.map((name) => ({ path: join(home, name), why: `~/${name} holds credentials`, secret: true })),
    { path: state, why: 'it is the state directory of this gateway', secret: false },
    { path: config, why: 'it is the config of this gateway', secret: true },
  ]
  const real = await Promise.all(named.map(async (place) => ({ ...place, path: await realOf(place.path) })))
  return [...named, ...real]
}

function refuse(text: string, source: string, closed: readonly Closed[]): void {
  if (source === '/') throw refusedBind(text, 'it is the whole disk')
  if (basename(source) === 'docker.sock') throw refusedBind(text, 'who holds the Docker socket holds the machine')
  const hit = closed.find(({ path }) => isInside(path, source) || isInside(source, path))
  if (hit) throw refusedBind(text, isInside(hit.path, source) ? hit.why : `it holds ${hit.path}: ${hit.why}`)
}

/** The real path of the deepest ancestor that exists, with the rest behind it. */
export async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    if (parent === path) return path
    // A link that leads nowhere yet may lead anywhere later.
    const link = await lstat(path).catch(() => undefined)
    if (link?.isSymbolicLink()) throw refusedBind(path, 'it is a link that leads nowhere')
    return join(await realOf(parent), basename(path))
  }
}
