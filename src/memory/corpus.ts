import { realpath, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { expandHome } from '../kernel/expand-home.js'
import { outside } from '../tools/_files/failures.js'
import { isInside } from '../tools/_files/inside.js'
import { openFiles } from '../tools/_files/open-files.js'
import type { ToolFiles } from '../tools/_types.js'

/** Largest file that is memory, in bytes; a workspace takes no larger ones either. */
export const MAX_FILE_BYTES = 512 * 1024

/** A file or a folder of notes. */
export interface CorpusRoot {
  /** What it is called: relative to the workspace, or absolute outside of it. */
  readonly name: string
  /** Where it really is, links resolved. */
  readonly real: string
  readonly folder: boolean
}

/** The notes of one agent: `MEMORY.md`, `memory/`, and what the config adds. Nothing else can be reached through it. */
export interface Corpus {
  readonly workspace: string
  readonly roots: readonly CorpusRoot[]
  /** What is left out, and why; for people. */
  readonly problems: readonly string[]
  /** One file of the corpus. Throws `path_outside`, `file_not_found`, `not_a_file` or `file_too_large`. */
  read(path: string): Promise<Buffer>
  /** How the corpus calls a path. Throws `path_outside` for what is no part of it. */
  nameOf(path: string): string
}

export interface CorpusInput {
  /** Absolute. */
  readonly workspace: string
  readonly extraPaths: readonly string[]
  readonly home: string
}

/** Own files must be where they say: a link that leads out of the workspace brings nothing in. */
export async function openCorpus({ workspace, extraPaths, home }: CorpusInput): Promise<Corpus> {
  const real = await realpath(workspace).catch(() => workspace)
  const found = await Promise.all([
    ...['MEMORY.md', 'memory'].map((name) => ownRoot(real, name)),
    ...extraPaths.map((path) => extraRoot(resolve(workspace, expandHome(path, home)), workspace)),
  ])
  const roots = found.filter((root) => typeof root !== 'string')
  const files = filesOf(workspace, roots)
  return {
    workspace,
    roots,
    problems: found.filter((root) => typeof root === 'string'),
    nameOf: (path) => nameOf(workspace, home, roots, path),
    read: async (path) => files.read(nameOf(workspace, home, roots, path), { maxBytes: MAX_FILE_BYTES }),
  }
}

async function ownRoot(workspace: string, name: string): Promise<CorpusRoot | string> {
  const path = join(workspace, name)
  // One that does not exist yet may exist at the next look.
  const real = await realpath(path).catch(() => path)
  if (real !== path) return `${name} is a link and is not followed; name what it leads to in extraPaths.`
  return { name, real, folder: name === 'memory' }
}

/** What the config names is meant, also when it is a link. */
async function extraRoot(path: string, workspace: string): Promise<CorpusRoot | string> {
  try {
    const real = await realpath(path)
    const found = await stat(real)
    if (!found.isDirectory() && !(found.isFile() && isMarkdown(real))) return `${path} is no Markdown file or folder.`
    return { name: shown(workspace, path), real, folder: found.isDirectory() }
  } catch {
    return `${path} cannot be read or does not exist.`
  }
}

function shown(workspace: string, path: string): string {
  const name = relative(workspace, path)
  return isInside(workspace, path) && name !== '' ? name : path
}

/** Whatever a name leads to must really be in one of the roots when it is open. */
function filesOf(workspace: string, roots: readonly CorpusRoot[]): ToolFiles {
  return openFiles({
    root: workspace,
    mounts: roots.map(({ name, real }) => ({ at: resolve(workspace, name), folder: real, writable: false })),
    closed: (real) => !isMarkdown(real) || !roots.some((root) => isInside(root.real, real)),
  })
}

function nameOf(workspace: string, home: string, roots: readonly CorpusRoot[], path: string): string {
  const absolute = resolve(workspace, expandHome(path, home))
  const isPart = roots.some(({ name, folder }) => {
    const at = resolve(workspace, name)
    return folder ? isInside(at, absolute) && at !== absolute : at === absolute
  })
  if (!isPart || !isMarkdown(absolute) || path.includes('\0')) throw outside(path.replaceAll('\0', '\\0'))
  return shown(workspace, absolute)
}

export function isMarkdown(path: string): boolean {
  return /\.md$/i.test(path)
}
