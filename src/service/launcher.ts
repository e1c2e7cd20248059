import { delimiter, dirname, join } from 'node:path'

/** How a service starts the gateway. */
export interface Launcher {
  /** Node itself. */
  readonly node: string
  /** The file that Node runs: bin.js. */
  readonly entry: string
  /** Why the paths may be gone one day. */
  readonly warnings: readonly LauncherWarning[]
}

export interface LauncherWarning {
  /** managed: an upgrade of the version manager removes it. temporary: it may go at any time. */
  readonly kind: 'managed' | 'temporary'
  readonly path: string
}

export interface LauncherInput {
  /** The Node that runs now. */
  readonly execPath: string
  readonly entry: string
  readonly searchPath: string | undefined
  readonly home: string
  /** Resolves links; undefined when there is no such file. */
  readonly realPath: (path: string) => string | undefined
}

/** Folders of programs that keep one Node per version: the next upgrade takes the path away. */
const managed =
  /[/\\](?:\.nvm|\.fnm|fnm|fnm_multishells|\.volta|\.asdf|\.nodenv|\.nvs|\.n|nvm|mise|rtx|proto|Cellar)[/\\]/i
/** `npx` and package managers clean these up, or the system does. */
const temporary =
  /[/\\](?:_npx|dlx-[^/\\]+)[/\\]|^\/(?:tmp|var\/tmp|private\/tmp)\/|[/\\]AppData[/\\]Local[/\\]Temp[/\\]/i

/**
 * Finds paths that last. A link outside of a version manager (`/opt/homebrew/bin/node`) is taken instead of the file
 * that it leads to now; where there is none, the service works with the Node that runs, and a warning says what may
 * happen (PAINS.md 22).
 */
export function findLauncher({ execPath, entry, searchPath, home, realPath }: LauncherInput): Launcher {
  const node = isShaky(execPath) ? (lasting(execPath, searchPath, home, realPath) ?? execPath) : execPath
  const warnings = [node, entry].flatMap((path): LauncherWarning[] => {
    if (temporary.test(path)) return [{ kind: 'temporary', path }]
    return managed.test(path) ? [{ kind: 'managed', path }] : []
  })
  return { node, entry, warnings }
}

function lasting(
  execPath: string,
  searchPath: string | undefined,
  home: string,
  realPath: LauncherInput['realPath'],
): string | undefined {
  const usual = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', join(home, '.local', 'bin')]
  const folders = [...(searchPath ?? '').split(delimiter).filter(Boolean), ...usual]
  const target = realPath(execPath) ?? execPath
  const candidates = folders.map((folder) => join(folder, 'node'))
  // A shim starts whatever the shell's folder asks for; a link leads to one Node.
  return candidates.find((path) => !isShaky(path) && dirname(path) !== '.' && realPath(path) === target)
}

function isShaky(path: string): boolean {
  return managed.test(path) || temporary.test(path)
}
