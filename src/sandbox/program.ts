import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { isAbsolute, join } from 'node:path'

/** The file of a program in PATH; undefined when there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  const folders = (path ?? '').split(':').filter(isAbsolute)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

export interface Ran {
  /** Null when it was ended, or could not be started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const maxOutputBytes = 1_000_000

/** Runs a program of ours to its end, without a shell. Never throws: what went wrong is in the result. */
export function run(
  file: string,
  args: readonly string[],
  { env = {}, timeoutMs = 30_000 }: { env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, maxBuffer: maxOutputBytes, killSignal: 'SIGKILL' } as const
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : null) : 0
      resolve({ code, stdout, stderr: stderr || (error && code === null ? error.message : '') })
    })
    child.stdin?.end()
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
