import type { BackupManifest } from '../../schemas/backup.js'
import { editConfig } from '../config/edit.js'
import type { EditRequest } from '../config/edit-types.js'
import { toValue } from '../config/json5/node.js'
import { parseJson5 } from '../config/json5/parse.js'
import { loadConfig } from '../config/load.js'
import { formatPath } from '../config/path.js'
import { isTree } from '../config/tree.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { readProfiles } from '../setup/profiles.js'
import { checkSpacing, suggestPort } from '../setup/spacing.js'

/** A folder of the old profile and the one that takes its place. */
export interface Move {
  readonly from: string
  readonly to: string
}

export interface Rewritten {
  /** Keys that were made to fit. */
  readonly changed: readonly string[]
  /** Keys that could not be; `<root>` for a config that cannot be read. It stays as it is then. */
  readonly refused: readonly string[]
}

/**
 * Makes a restored config fit where it is restored to: paths below the old folders, and a port that another profile has.
 * `path` is the staged copy.
 */
export async function rewriteConfig(
  path: string,
  manifest: BackupManifest,
  instance: Instance,
  moves: readonly Move[],
): Promise<Rewritten> {
  const source = { path, env: instance.env, includeRoots: [] }
  const loaded = await loadConfig(source)
  if (!loaded.ok) return { changed: [], refused: ['<root>'] }
  const text = loaded.files[0]?.text ?? '{}'
  const edits: EditRequest[] = []
  walk(toValue(parseJson5(text)), [], (at, value) => {
    const moved = movedPath(value, moves)
    if (moved !== value) edits.push({ op: 'set', path: at, value: moved })
  })
  const workspace = moves.find(({ from }) => from === manifest.paths.workspace)
  const written = loaded.config.agents?.defaults?.workspace
  // Unset means the usual one, which is another one here only where it is not inside of the state directory.
  if (written === undefined && workspace && workspace.to !== instance.paths.workspace) {
    edits.push({ op: 'set', path: 'agents.defaults.workspace', value: workspace.to })
  }
  const port = await freePortFor(instance, manifest, loaded.config.gateway?.port)
  if (port !== undefined) edits.push({ op: 'set', path: 'gateway.port', value: port })
  const changed: string[] = []
  const refused: string[] = []
  for (const edit of edits) {
    try {
      // One by one: each may belong to another of the included files.
      changed.push(...(await editConfig(source, [edit], { force: true })).paths)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      refused.push(formatPath([edit.path ?? []].flat()))
    }
  }
  return { changed, refused }
}

/** Another profile than the one that was saved does not take its port. */
async function freePortFor(
  instance: Instance,
  manifest: BackupManifest,
  configured: number | undefined,
): Promise<number | undefined> {
  if (manifest.profile === instance.profile || configured === undefined) return undefined
  const others = (await readProfiles(instance)).filter(({ current }) => !current)
  if (!checkSpacing(configured, others)) return undefined
  return suggestPort(instance.fallbackPort.port, others)
}

type Visit = (path: readonly (string | number)[], value: string) => void

function walk(value: unknown, path: readonly (string | number)[], visit: Visit): void {
  if (typeof value === 'string') visit(path, value)
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index], visit)
  else if (isTree(value)) for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], visit)
}

/** The longest folder that fits counts: a workspace inside of the state directory may go elsewhere. */
export function movedPath(value: string, moves: readonly Move[]): string {
  const fitting = moves.filter(
    ({ from }) => value === from || value.startsWith(`${from}/`) || value.startsWith(`${from}\\`),
  )
  const [longest] = fitting.toSorted((a, b) => b.from.length - a.from.length)
  return longest ? longest.to + value.slice(longest.from.length) : value
}
