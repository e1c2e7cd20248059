import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Env } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'

export interface PlainStart {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Env
  readonly cwd: string
  readonly outputFile: string
}

export interface PlainProcess {
  readonly pid: number
  /** Its exit code once it has ended; until then undefined. Null after a signal. */
  ended(): number | null | undefined
}

const maxTailLines = 12

/**
 * Starts a gateway that outlives this process and its terminal: a session of its own, no open pipe, output to a file
 * that begins anew. Nobody restarts it. Throws `service_failed` when it cannot be started.
 */
export async function startDetached({ program, args, env, cwd, outputFile }: PlainStart): Promise<PlainProcess> {
  await mkdir(dirname(outputFile), { recursive: true, mode: 0o700 })
  const output = await open(outputFile, 'w', 0o600)
  try {
    const stdio: ['ignore', number, number] = ['ignore', output.fd, output.fd]
    const child = spawn(program, [...args], { env: { ...env }, cwd, detached: true, stdio, windowsHide: true })
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid ?? 0))
      child.once('error', (cause) =>
        reject(
          new GatewayError('service_failed', { message: `The gateway could not be started: ${cause.message}`, cause }),
        ),
      )
    })
    child.unref()
    return { pid, ended: () => (child.signalCode === null ? (child.exitCode ?? undefined) : null) }
  } finally {
    await output.close()
  }
}

/** The last lines that a gateway printed. */
export async function outputTail(outputFile: string): Promise<string[]> {
  const text = await readFile(outputFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-maxTailLines)
}
