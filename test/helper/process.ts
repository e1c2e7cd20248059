import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const bin = join(root, 'dist', 'src', 'bin.js')
const startLimitMs = 30_000

export interface GatewayProcess {
  readonly pid: number
  readonly url: string
  readonly output: () => string
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
}

/** The environment of a user who has nothing but this home. Nothing of ours leaks in. */
export function cleanEnv(home: string): Record<string, string> {
  return { HOME: home, TMPDIR: join(home, 'tmp'), PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C' }
}

/** Runs the built command to its end. */
export async function openclaw(
  home: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(home, args)
  const [code] = (await once(child.process, 'close')) as [number | null]
  return { code, stdout: child.stdout(), stderr: child.stderr() }
}

/** Starts the built gateway, or one that stands elsewhere, and waits until it answers. The caller ends it. */
export async function startGateway(
  home: string,
  port: number,
  args: readonly string[] = [],
  file = bin,
): Promise<GatewayProcess> {
  const child = start(home, [...args, 'gateway', 'run', '--port', String(port)], file)
  const output = () => child.stdout() + child.stderr()
  const url = `http://127.0.0.1:${port}`
  const end = Date.now() + startLimitMs
  while (!(await answers(url))) {
    if (child.process.exitCode !== null || Date.now() > end) throw new Error(`the gateway did not start: ${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const ended = async (signal: NodeJS.Signals) => {
    if (child.process.exitCode !== null || child.process.signalCode !== null) return child.process.exitCode
    child.process.kill(signal)
    const [code] = (await once(child.process, 'close')) as [number | null]
    return code
  }
  return {
    pid: child.process.pid ?? 0,
    url,
    output,
    kill: async () => void (await ended('SIGKILL')),
    stop: () => ended('SIGTERM'),
  }
}

function start(
  home: string,
  args: readonly string[],
  file = bin,
): { process: ChildProcess; stdout(): string; stderr(): string } {
  if (!existsSync(file)) throw new Error('Build first: npm run build')
  const child = spawn(process.execPath, [file, ...args], {
    env: cleanEnv(home),
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return { process: child, stdout: () => stdout, stderr: () => stderr }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok
  } catch {
    return false
  }
}
