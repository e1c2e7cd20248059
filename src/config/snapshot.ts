import { type Authored, authoredOf } from './authored.js'
import type { Layer } from './include.js'
import type { Path } from './json5/node.js'
import { nodeAt } from './json5/node.js'
import { type ReadConfig, readConfig } from './load.js'
import { formatPath } from './path.js'
import { redactAuthored } from './redact.js'
import { equalDeep, type Tree } from './tree.js'
import type { ConfigIssue, ConfigSource, LoadedConfig } from './types.js'
import { validate } from './validate.js'

/** The config as it stands on disk, with its secrets hidden: what `config.get` tells (spec/protocol.md 4.2). */
export interface ConfigSnapshot {
  readonly path: string
  readonly exists: boolean
  readonly valid: boolean
  /** The main file, when nothing in it had to be hidden. */
  readonly raw: string | null
  /** As written, in the internal shape: `${VAR}` is still there. Null when the file cannot be read. */
  readonly authored: Tree | null
  /** Absent when there is no file. */
  readonly hash?: string
  readonly issues: readonly ConfigIssue[]
  readonly warnings: readonly ConfigIssue[]
  /** Older spellings. */
  readonly legacyIssues: readonly { readonly path: string; readonly message: string }[]
  /** Files that the main one includes, and where their content stands. */
  readonly included: readonly { readonly path: string; readonly file: string }[]
  /** True when a part of this section comes from an included file. */
  ownedByInclude(section: Path): boolean
}

export async function configSnapshot(source: ConfigSource): Promise<ConfigSnapshot> {
  const read = await readConfig(source)
  if (!read.ok) return describe(source, read, undefined, undefined)
  return describe(source, await validate(read.resolved, source, read), read, authoredOf(read))
}

async function describe(
  { path }: ConfigSource,
  loaded: LoadedConfig,
  read: ReadConfig | undefined,
  authored: Authored | undefined,
): Promise<ConfigSnapshot> {
  const shown = authored ? await redactAuthored(authored.tree) : null
  const open = shown !== null && equalDeep(shown, authored?.tree)
  const included = (read?.resolved.layers ?? []).filter(({ file }) => file !== path)
  return {
    path,
    exists: loaded.exists,
    valid: loaded.ok,
    raw: open ? (loaded.files[0]?.text ?? null) : null,
    authored: shown,
    ...(loaded.exists && { hash: loaded.hash }),
    issues: loaded.ok ? [] : loaded.issues,
    warnings: loaded.warnings,
    legacyIssues: (authored?.migration.warnings ?? []).map((warning) => ({
      path: formatPath(warning.path),
      message: warning.message,
    })),
    included: included.map(({ mount, file }) => ({ path: formatPath(mount), file })),
    ownedByInclude: (section) => included.some((layer) => holds(layer, section)),
  }
}

function holds({ mount, root }: Layer, section: Path): boolean {
  const shared = Math.min(mount.length, section.length)
  if (!mount.slice(0, shared).every((step, index) => String(step) === String(section[index]))) return false
  return nodeAt(root, section.slice(shared)) !== undefined
}
