import { realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { expandHome } from '../../kernel/expand-home.js'
import type { Executable } from '../shell/executable.js'
import { isGlob, pathGlob } from './glob.js'

/** An entry of the list in exec-approvals.json. */
export interface AllowEntry {
  readonly id?: string
  /** A path or a glob over real paths, or a bare name for what is found in PATH. */
  readonly pattern: string
  /** A regular expression over the arguments, joined by spaces. */
  readonly argPattern?: string
}

/** The entries that name this program; of those with `argPattern` only the ones that fit the arguments. */
export function matching(
  entries: readonly AllowEntry[],
  executable: Executable,
  args: readonly string[],
  home: string,
): readonly AllowEntry[] {
  return entries.filter((entry) => names(entry.pattern, executable, home) && fits(entry.argPattern, args))
}

function names(pattern: string, { fromPath, path, realPath }: Executable, home: string): boolean {
  if (!/[/~]/.test(pattern)) return fromPath && pathGlob(pattern).test(basename(path))
  const full = expandHome(pattern, home)
  if (isGlob(full)) return pathGlob(full).test(realPath)
  // A link that is itself on the list, such as /usr/bin/awk: only when it was called by that very name, since one file
  // behind many links (busybox) is as many programs.
  return full === realPath || (full === path && resolved(full) === realPath)
}

function fits(argPattern: string | undefined, args: readonly string[]): boolean {
  if (argPattern === undefined) return true
  try {
    return new RegExp(argPattern).test(args.join(' '))
  } catch {
    return false
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
