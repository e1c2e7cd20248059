import type { Path } from './json5/node.js'
import type { ReloadClass } from './reload-classes.js'
import type { Tree } from './tree.js'
import type { ConfigIssue, ValidConfig } from './types.js'

/** An edit as a caller gives it: paths as text (`a.b[0]`, `a["x.y"]`) or as steps, old spellings allowed. */
export type EditRequest =
  | { readonly op: 'set'; readonly path: string | Path; readonly value: unknown }
  | { readonly op: 'unset'; readonly path: string | Path }
  /** What stands at `path` stands at `to`, as it is written: variables stay variables. */
  | { readonly op: 'move'; readonly path: string | Path; readonly to: string | Path }
  /** JSON merge patch (RFC 7396): objects merge, null removes, anything else replaces. */
  | {
      readonly op: 'merge'
      readonly path?: string | Path
      readonly value: unknown
      /** When given, lists merge as `mergeLists` says, and only those at these paths are replaced. */
      readonly replaceLists?: readonly string[]
    }

export interface EditOptions {
  /** Hash that the caller read; another one on disk is a conflict. Empty: there must be no file yet. */
  readonly expectHash?: string
  /** True: everything but the write. */
  readonly dryRun?: boolean
  /** Written to `meta.lastTouchedVersion` when something changes. */
  readonly version?: string
  /** True: the guards against clobbering do not apply. */
  readonly force?: boolean
  /** True: placeholders of redacted values stand for what is on disk; otherwise they are refused. */
  readonly restoreRedacted?: boolean
  /** True: what is replaced is kept nowhere, because it holds secrets that are to be gone. */
  readonly keepsNoBackup?: boolean
  /** A last look at the valid config that would be written; what it finds stops the write. */
  readonly check?: ((after: ValidConfig) => Promise<readonly Omit<ConfigIssue, 'file'>[]>) | undefined
  /** Milliseconds since the epoch, for the name of a rejected file. */
  readonly now?: number
}

export interface EditResult {
  readonly changed: boolean
  /** Hash before and after. */
  readonly previousHash: string
  readonly hash: string
  /** The file that was, or would be, written: the main file or one that it includes. */
  readonly file: string
  /** Its new text. */
  readonly text: string
  /** The whole config afterwards as written, in the internal shape; undefined when that cannot be told. */
  readonly tree?: Tree | undefined
  /** Changed paths in the internal shape. */
  readonly paths: readonly string[]
  /** What the change asks of a running gateway in mode hybrid. */
  readonly reload: ReloadClass
  readonly backup?: string
  readonly warnings: readonly ConfigIssue[]
}
