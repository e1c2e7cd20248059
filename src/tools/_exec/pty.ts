import { accessSync, constants } from 'node:fs'
import { GatewayError } from '../../kernel/errors.js'

const program = '/usr/bin/script'
const size = 'stty rows 40 cols 120 2>/dev/null; exec "$@"'

/** script(1) gives its line to $SHELL, and not every shell reads quotes as `quote` writes them. */
export const terminalShell = { SHELL: '/bin/sh' } as const

/**
 * The same command in a terminal of its own, made by script(1): it is part of every Linux and macOS, while terminal
 * libraries bring native code with install scripts. `inside` is for places whose files we cannot see (a sandbox).
 * Throws `exec_failed` where there is no script(1).
 */
export function inTerminal(argv: readonly string[], inside = false): readonly string[] {
  if (!inside && !has(program))
    throw new GatewayError('exec_failed', {
      message: 'There is no terminal for this command: script(1) is missing. Install util-linux, or leave out pty.',
    })
  const sized = ['/bin/sh', '-c', size, 'sh', ...argv]
  if (process.platform !== 'linux') return [program, '-q', '/dev/null', ...sized]
  return [program, '--quiet', '--flush', '--return', '--command', sized.map(quote).join(' '), '/dev/null']
}

/** One word for a POSIX shell, whatever it holds. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

function has(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
