import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { InstancePaths } from '../../instance/types.js'
import { isInside } from './inside.js'

/** Given a real path: true when no tool may touch it. */
export type ClosedPlaces = (real: string) => boolean

/** Folders of a state directory that agents work with. */
const openFolders = ['media', 'sandboxes', 'skills', 'logs']
/** State directories of all profiles stand beside each other in the home directory. */
const stateFolder = /^\.openclaw(?:-[^/\\]+)?$/
/** What the kernel tells of single processes: the environment of this one holds tokens and keys. */
const processFolder = /^\/proc\/(?:\d+|self|thread-self)(?:\/|$)/

/**
 * The secrets of this gateway and of others beside it: tokens, credentials, sessions, device keys, environments. The file tools are
 * not the way to them, whatever else the disk offers. The workspace may stand inside a state directory.
 */
export async function closedPlaces(
  { home, state, config }: Pick<InstancePaths, 'home' | 'state' | 'config'>,
  workspace: string,
): Promise<ClosedPlaces> {
  const [realHome, realState, realConfig, ...open] = await Promise.all(
    [home, state, config, workspace, ...openFolders.map((name) => join(state, name))].map(realOr),
  )
  const isState = (path: string) => {
    if (isInside(realState ?? state, path)) return true
    const root = realHome ?? home
    if (!isInside(root, path)) return false
    const [first = ''] = path.slice(root.length).split(/[/\\]/).filter(Boolean)
    return stateFolder.test(first)
  }
  // Backups stand beside the config: openclaw.json.bak; and often its variables.
  const main = realConfig ?? config
  const variables = [join(dirname(main), '.env'), join(realHome ?? home, '.config', 'openclaw', 'gateway.env')]
  const isConfig = (path: string) => path.startsWith(main) || variables.includes(path)
  // A workspace above the state directory opens nothing of it.
  const opened = open.filter((folder) => isState(folder) && folder !== realState)
  return (path) =>
    processFolder.test(path) || (!opened.some((folder) => isInside(folder, path)) && (isState(path) || isConfig(path)))
}

const realOr = (path: string) => realpath(path).catch(() => path)
