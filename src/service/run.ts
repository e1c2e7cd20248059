import { execFile } from 'node:child_process'
import type { Env } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'

export interface RunResult {
  /** Undefined when the command could not be started, or did not end in time. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** The command does not exist on this system. */
  readonly missing: boolean
}

/** Runs a command of the system to its end. Never rejects. */
export type Run = (command: string, args: readonly string[], limitMs?: number) => Promise<RunResult>

const defaultLimitMs = 10_000
const maxOutputBytes = 1024 * 1024

/** What a service manager's commands need to find it. Keys and tokens of a shell are none of it. */
const needed =
  /^(?:PATH|HOME|USER|LOGNAME|XDG_.*|DBUS_.*|SystemRoot|windir|ComSpec|PATHEXT|USERPROFILE|USERNAME|USERDOMAIN|TE?MP|TMPDIR)$/i

/** The real one: with as little of the caller's environment as will do, in English, ended when it takes too long. */
export function systemRun(env: Env): Run {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)))
  return (command, args, limitMs = defaultLimitMs) =>
    new Promise((resolve) => {
      const options = {
        env: { ...kept, LC_ALL: 'C' },
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: maxOutputBytes,
        windowsHide: true,
      } as const
      execFile(command, [...args], options, (error, stdout, stderr) => {
        const missing = error?.code === 'ENOENT'
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
        resolve({ code, stdout, stderr, missing })
      })
    })
}

/** The same, for commands that have to succeed. Throws `service_failed` with what the command said. */
export async function mustRun(run: Run, command: string, args: readonly string[], limitMs?: number): Promise<string> {
  const { code, stdout, stderr, missing } = await run(command, args, limitMs)
  if (code === 0) return stdout
  const line = [command, ...args].join(' ')
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(0, 3).join(' ').slice(0, 400)
  const why = missing ? 'there is no such command' : code === undefined ? 'it did not end in time' : `exit code ${code}`
  throw new GatewayError('service_failed', {
    message: `"${line}" failed (${why})${said && `: ${said}`}`,
    details: { command: line },
  })
}
