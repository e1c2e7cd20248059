import { type ExecFileException, execFile } from 'node:child_process'
import { dirname } from 'node:path'
import type { Env } from '../../instance/types.js'
import { findTailscale } from './find-program.js'

export interface RunOptions {
  readonly env: Env
  readonly signal: AbortSignal
  readonly limitMs?: number
}

export type RunEnd =
  | { readonly kind: 'done'; readonly stdout: string }
  /** `exit`: it ended with an error code. `output`: it printed too much. `spawn`: it could not be started. */
  | {
      readonly kind: 'missing' | 'spawn' | 'exit' | 'timeout' | 'output' | 'stopped'
      /** The beginning of what it said about it; for the log. */
      readonly detail: string
    }

/** spec/config.md section 7. */
export const runLimitMs = 5_000
const maxOutputBytes = 1_048_576
const maxDetail = 300
/** All that it gets of our environment, which has secrets. */
const passedOn = ['PATH', 'Path', 'HOME', 'USERPROFILE', 'SystemRoot', 'ProgramData', 'ProgramFiles']

/**
 * Runs `tailscale` with these arguments, without a shell and without input. After the time limit, too much output or an
 * abort it is killed. Never rejects.
 */
export async function runTailscale(
  args: readonly string[],
  { env, signal, limitMs = runLimitMs }: RunOptions,
): Promise<RunEnd> {
  const program = await findTailscale(env)
  if (program === undefined) return { kind: 'missing', detail: '' }
  const kept = Object.fromEntries(passedOn.map((name) => [name, env[name]]))
  const options = {
    // The app for macOS is its own command line when told so.
    env: { ...kept, TAILSCALE_BE_CLI: '1' },
    cwd: dirname(program),
    signal,
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: maxOutputBytes,
    windowsHide: true,
  } as const
  return new Promise((resolve) => {
    try {
      const child = execFile(program, [...args], options, (error, stdout, stderr) => {
        resolve(error ? { kind: kindOf(error), detail: (stderr || error.message).slice(0, maxDetail) } : done(stdout))
      })
      child.stdin?.on('error', () => {})
      child.stdin?.end()
    } catch (error) {
      resolve({ kind: 'spawn', detail: String(error).slice(0, maxDetail) })
    }
  })
}

function done(stdout: string): RunEnd {
  return { kind: 'done', stdout }
}

function kindOf(error: ExecFileException): Exclude<RunEnd['kind'], 'done' | 'missing'> {
  if (error.name === 'AbortError') return 'stopped'
  if (String(error.code) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'output'
  if (typeof error.code === 'number') return 'exit'
  return error.killed ? 'timeout' : error.signal ? 'exit' : 'spawn'
}
